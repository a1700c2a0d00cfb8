#include "tests/protocol/event_recorder.h"

#include <gtest/gtest.h>

#include "tests/protocol/frame_builder.h"

namespace tests {

using protocol::MessageAssembler;
using protocol::MessageEvent;

namespace {

std::string code_of(const MessageEvent& event) {
  return std::to_string(static_cast<int>(event.close_code));
}

}  // namespace

std::string describe(const MessageEvent& event) {
  const std::string payload = text_of(event.payload);
  switch (event.kind) {
    case MessageEvent::Kind::need_more:
      return "need_more";
    case MessageEvent::Kind::text:
      return "text " + payload;
    case MessageEvent::Kind::binary:
      return "binary " + payload;
    case MessageEvent::Kind::ping:
      return "ping " + payload;
    case MessageEvent::Kind::pong:
      return "pong " + payload;
    case MessageEvent::Kind::close:
      return "close " + code_of(event) + " " + payload;
    case MessageEvent::Kind::violation:
      return "violation " + std::string(name(event.violation)) + " " + code_of(event);
  }
  return "unknown";
}

Events record(MessageAssembler& assembler, Pieces pieces) {
  Events events;
  for (Bytes& piece : pieces) {
    std::span<std::byte> input(piece);
    for (;;) {
      const MessageEvent event = assembler.next(input);
      if (event.kind == MessageEvent::Kind::need_more) {
        EXPECT_TRUE(input.empty()) << "need_more without having read everything";
        break;
      }
      events.push_back(describe(event));
      if (event.kind == MessageEvent::Kind::violation) return events;
    }
  }
  return events;
}

Events events_of(const Bytes& input, protocol::Role role, std::uint64_t message_bytes_max) {
  MessageAssembler whole(role, message_bytes_max);
  const Events expected = record(whole, {input});
  for_each_split(input, [&](const Pieces& pieces) {
    MessageAssembler assembler(role, message_bytes_max);
    EXPECT_EQ(record(assembler, pieces), expected) << "first piece: " << pieces.front().size();
    EXPECT_EQ(assembler.idle(), whole.idle());
  });
  return expected;
}

}  // namespace tests
