#include "protocol/frame_encoder.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tests/protocol/event_recorder.h"
#include "tests/protocol/frame_builder.h"

namespace protocol {
namespace {

using tests::Bytes;
using tests::Events;

const MaskingKey kKey = std::bit_cast<MaskingKey>(tests::kKey);

// Runs an encoder on memory of exactly the promised size, so that a sanitizer sees one byte more.
Bytes encoded(std::size_t size, const std::function<std::size_t(std::span<std::byte>)>& encode) {
  Bytes out(size);
  EXPECT_EQ(encode(out), size);
  return out;
}

TEST(FrameEncoder, WritesFramesOfEverySizeClass) {
  for (const std::size_t size : {0u, 1u, 125u, 126u, 0xFFFFu, 0x10000u, 0x10001u}) {
    const std::string payload(size, 'p');
    const auto bytes = base::as_bytes(payload);
    for (const Opcode opcode : {Opcode::text, Opcode::binary}) {
      tests::FrameShape shape{.opcode = static_cast<std::uint8_t>(opcode), .masked = false};
      EXPECT_EQ(encoded(frame_size(size, false),
                        [&](auto out) { return encode_frame(out, opcode, bytes); }),
                tests::frame(shape, payload));
      shape.masked = true;
      EXPECT_EQ(encoded(frame_size(size, true),
                        [&](auto out) { return encode_masked_frame(out, opcode, bytes, kKey); }),
                tests::frame(shape, payload));
    }
  }
}

TEST(FrameEncoder, WritesTheExamplesOfTheRfc) {
  const auto hello = base::as_bytes("Hello");
  EXPECT_EQ(encoded(7, [&](auto out) { return encode_frame(out, Opcode::text, hello); }),
            tests::bytes_of({0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f}));
  EXPECT_EQ(
      encoded(11, [&](auto out) { return encode_masked_frame(out, Opcode::text, hello, kKey); }),
      tests::bytes_of({0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}));
}

Events close_events(CloseCode code, std::string_view reason) {
  Bytes server(130);
  server.resize(encode_close(server, code, reason));
  Bytes client(134);
  client.resize(encode_masked_close(client, code, reason, kKey));
  const Events events = tests::events_of(server, Role::client);
  EXPECT_EQ(tests::events_of(client, Role::server), events);
  return events;
}

TEST(FrameEncoder, WritesCloseFrames) {
  EXPECT_EQ(close_events(CloseCode::normal, ""), Events{"close 1000 "});
  EXPECT_EQ(close_events(CloseCode::try_again_later, "resume at 7"),
            Events{"close 1013 resume at 7"});
  EXPECT_EQ(close_events(CloseCode::no_status, ""), Events{"close 1005 "});
  const std::string longest(base::kCloseReasonBytesMax, 'r');
  EXPECT_EQ(close_events(CloseCode::going_away, longest), Events{"close 1001 " + longest});
}

TEST(FrameEncoderDeathTest, WhatMustNotBeSentIsOurBug) {
  Bytes out(1000);
  const std::string too_long(base::kCloseReasonBytesMax + 1, 'r');
  EXPECT_DEATH(encode_close(out, CloseCode::normal, too_long), "CHECK failed");
  EXPECT_DEATH(encode_close(out, CloseCode::abnormal, ""), "CHECK failed");
  EXPECT_DEATH(encode_frame(std::span(out).first(6), Opcode::text, base::as_bytes("Hello")),
               "CHECK failed");
  const std::string ping(126, 'p');
  EXPECT_DEATH(encode_frame(out, Opcode::ping, base::as_bytes(ping)), "CHECK failed");
}

}  // namespace
}  // namespace protocol
