// What it costs to read a chat message of some 200 bytes, and to write what its room gets. Report:
// ns per message.
#include "app/events/event_reader.h"

#include <benchmark/benchmark.h>

#include <string>
#include <string_view>

#include "app/events/chat_message.h"
#include "app/events/event_writer.h"
#include "base/bytes.h"
#include "base/check.h"

namespace {

constexpr std::string_view kPlain =
    R"({"event":"chat:message:send","data":{"room":"support-4711","content":"Hello, how are you )"
    R"(today? I would like to ask about my order.","type":"chat","id":"c0ffee-123456","ack":true},)"
    R"("requestId":"7","version":"1.0"})";
constexpr std::string_view kEscaped =
    R"({"event":"chat:message:send","data":{"room":"support-4711","content":"Hello, how are )"
    R"(\"you\" today?\nI would like to ask about my order.","type":"chat","id":"c0ffee-123456",)"
    R"("metadata":{"a":1.5,"b":[1,2,3]}},"requestId":"7","version":"1.0"})";

void read_event(benchmark::State& state, std::string_view message) {
  app::EventReader reader;
  app::Event event;
  for (auto _ : state) {
    const app::EventFault* fault = reader.read(base::as_bytes(message), event);
    CHECK(fault == nullptr);
    benchmark::DoNotOptimize(event.fields.data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(message.size()));
}
BENCHMARK_CAPTURE(read_event, plain, kPlain);
BENCHMARK_CAPTURE(read_event, escaped, kEscaped);

void relay_chat(benchmark::State& state, std::string_view message) {
  app::EventReader reader;
  app::Event event;
  app::ChatReader chat;
  app::ChatMessage read;
  const app::EventWriter events;
  app::ChatWriter writer(events, false);
  for (auto _ : state) {
    CHECK(reader.read(base::as_bytes(message), event) == nullptr);
    CHECK(chat.read(event, read) == nullptr);
    const app::ReceivedText written = writer.write_received(
        read,
        {.id = "m0-1", .sender_id = "ann", .sender_name = "Ann", .unix_ms = 1'795'794'707'012});
    benchmark::DoNotOptimize(written.text.data());
  }
}
BENCHMARK_CAPTURE(relay_chat, plain, kPlain);
BENCHMARK_CAPTURE(relay_chat, escaped, kEscaped);

}  // namespace
