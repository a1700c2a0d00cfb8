#include "engine/room/recovered_messages.h"

#include "base/bytes.h"
#include "base/check.h"

namespace engine {

namespace {

constexpr std::size_t kHeadBytes = 8 + 4 + 1;

}  // namespace

void append_recovered(std::vector<std::byte>& text, const KeptMessage& message) {
  const std::size_t at = text.size();
  text.resize(at + kHeadBytes);
  base::store_big64(text.data() + at, message.number);
  base::store_big32(text.data() + at + 8, message.size);
  text[at + 12] = static_cast<std::byte>(message.opcode);
  const std::span<const std::byte> bytes = message.bytes();
  text.insert(text.end(), bytes.begin(), bytes.end());
}

std::vector<RecoveredMessage> read_recovered(std::span<const std::byte> text,
                                             std::uint64_t through) {
  std::vector<RecoveredMessage> messages;
  while (!text.empty()) {
    CHECK(text.size() >= kHeadBytes);  // We wrote it.
    const std::uint32_t size = base::load_big32(text.data() + 8);
    CHECK(text.size() - kHeadBytes >= size);
    const RecoveredMessage message{.number = base::load_big64(text.data()),
                                   .opcode = static_cast<protocol::Opcode>(text[12]),
                                   .bytes = text.subspan(kHeadBytes, size)};
    if (message.number > through) break;
    messages.push_back(message);
    text = text.subspan(kHeadBytes + size);
  }
  return messages;
}

}  // namespace engine
