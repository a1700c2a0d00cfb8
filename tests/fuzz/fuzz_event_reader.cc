// The reader of events judges any bytes as a second parser of JSON does, value by value; what is
// good is also read as a chat message, and passed on as an event that the second parser accepts.
#include <string>

#include "app/events/chat_message.h"
#include "base/check.h"
#include "base/limits.h"
#include "tests/app/events/reader_judge.h"

namespace {

// Passes a chat message on, as a gateway would.
void relay(app::EventReader& reader, std::string_view message) {
  static app::ChatReader chat;
  static const app::EventWriter events;
  static app::ChatWriter writer(events, true);
  app::Event event;
  app::ChatMessage read;
  if (reader.read(base::as_bytes(message), event) != nullptr) return;
  if (chat.read(event, read) != nullptr) return;
  const auto [text, at] = writer.write_received(read, {.id = "m0-1", .sender_id = "u"});
  CHECK(!nlohmann::json::accept(text.begin(), text.end()));
  text[at + base::kNumberTextBytes - 1] = '1';
  CHECK(nlohmann::json::accept(text.begin(), text.end()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static app::EventReader reader;
  const std::string_view message(reinterpret_cast<const char*>(data), size);
  const app::Verdict verdict = app::judge(reader, message);
  CHECK(verdict.mistake.empty());
  if (verdict.accepted) relay(reader, message);
  return 0;
}
