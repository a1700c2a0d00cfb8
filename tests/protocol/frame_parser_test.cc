#include "protocol/frame_parser.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/protocol/frame_builder.h"

namespace protocol {
namespace {

using tests::Bytes;
using tests::Pieces;

// What the frames are, however their payload came: "81:hello" is FIN, text, "hello".
std::string frames_of(Pieces pieces, Role role) {
  FrameParser parser(role);
  std::string result;
  for (Bytes& piece : pieces) {
    std::span<std::byte> input(piece);
    while (!input.empty()) {
      const FrameStep step = parser.next(input);
      switch (step.kind) {
        case FrameStep::Kind::need_more:
          EXPECT_TRUE(input.empty());
          break;
        case FrameStep::Kind::violation:
          return result + "!" + std::string(name(step.violation));
        case FrameStep::Kind::header:
          result += (parser.fin() ? "8" : "0") + std::to_string(static_cast<int>(parser.opcode()));
          result += ":";
          break;
        case FrameStep::Kind::payload:
          EXPECT_FALSE(step.payload.empty());
          result += tests::text_of(step.payload);
          break;
      }
      EXPECT_EQ(step.frame_end,
                step.kind != FrameStep::Kind::need_more && parser.payload_left() == 0);
      if (step.frame_end) result += ";";
    }
  }
  return result + (parser.between_frames() ? "" : "...");
}

void expect_frames(const Bytes& input, Role role, const std::string& expected) {
  tests::for_each_split(input, [&](const Pieces& pieces) {
    ASSERT_EQ(frames_of(pieces, role), expected) << "first piece: " << pieces.front().size();
  });
}

TEST(FrameParser, TakesFramesFromAnySplit) {
  const Bytes input = tests::joined({tests::frame({}, "hello"), tests::frame({.opcode = 9}, ""),
                                     tests::frame({.fin = false, .opcode = 2}, "world!!")});
  expect_frames(input, Role::server, "81:hello;89:;02:world!!;");
}

TEST(FrameParser, TakesUnmaskedFramesAsAClient) {
  const Bytes input = tests::joined({tests::frame({.masked = false}, "hello"),
                                     tests::frame({.opcode = 8, .masked = false}, "\x03\xE8")});
  expect_frames(input, Role::client, "81:hello;88:\x03\xE8;");
}

TEST(FrameParser, TakesEveryFormOfLength) {
  for (const std::size_t size : {0u, 1u, 125u, 126u, 300u}) {
    const std::string payload(size, 'x');
    expect_frames(tests::frame({}, payload), Role::server, "81:" + payload + ";");
  }
  const std::string payload(0x10001, 'y');
  Bytes input = tests::frame({}, payload);
  EXPECT_EQ(frames_of({input}, Role::server), "81:" + payload + ";");
  const std::size_t cuts[] = {1, 7, 13, 14, 15, 40'000};
  EXPECT_EQ(frames_of(tests::cut(input, cuts), Role::server), "81:" + payload + ";");
}

TEST(FrameParser, HoldsNothingBetweenFrames) {
  Bytes input = tests::frame({}, "hello");
  expect_frames(Bytes(input.begin(), input.end() - 1), Role::server, "81:hell...");
  FrameParser parser(Role::server);
  std::span<std::byte> cut(input.data(), 4);
  EXPECT_EQ(parser.next(cut).kind, FrameStep::Kind::need_more);
  EXPECT_FALSE(parser.between_frames());
  parser.reset();
  EXPECT_TRUE(parser.between_frames());
}

TEST(FrameParser, TellsViolationsInAnySplit) {
  expect_frames(tests::joined({tests::frame({}, "ok"), tests::frame({.opcode = 3}, "x")}),
                Role::server, "81:ok;!reserved_opcode");
  expect_frames(tests::frame({.masked = false}, "x"), Role::server, "!mask_missing");
  expect_frames(tests::frame({.length_octets = 8}, "short"), Role::server, "!length_not_minimal");
}

}  // namespace
}  // namespace protocol
