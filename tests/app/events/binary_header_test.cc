#include "app/events/binary_header.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/prng.h"

namespace app {
namespace {

const BinaryHeader kHeader{.kind = BinaryKind::file,
                           .echo = true,
                           .stream = 0x01020304,
                           .sequence = 0xFFFFFFFE,
                           .room = "caf\xC3\xA9"};

std::string client_message(const BinaryHeader& header, std::string_view payload) {
  std::string out;
  EXPECT_TRUE(append_client_header(out, header));
  return out.append(payload);
}

std::string gateway_message(const BinaryHeader& header, std::string_view payload) {
  std::string out;
  EXPECT_TRUE(append_gateway_header(out, header));
  return out.append(payload);
}

// As a client reads it: what clients send, with the sender after the room.
std::optional<BinaryMessage> parse_gateway_message(std::string_view message) {
  std::optional<BinaryMessage> parsed = parse_client_binary(base::as_bytes(message));
  if (!parsed || parsed->payload.empty()) return std::nullopt;
  const auto size = std::to_integer<std::size_t>(parsed->payload.front());
  const auto rest = parsed->payload.subspan(1);
  if (rest.size() < size) return std::nullopt;
  parsed->header.sender_id = base::as_text(rest.first(size));
  parsed->payload = rest.subspan(size);
  return parsed;
}

bool same(const BinaryHeader& a, const BinaryHeader& b) {
  return a.kind == b.kind && a.echo == b.echo && a.stream == b.stream && a.sequence == b.sequence &&
         a.room == b.room && a.sender_id == b.sender_id;
}

TEST(BinaryHeaderTest, IsLaidOutAsDocumented) {
  using namespace std::string_view_literals;
  EXPECT_EQ(client_message(kHeader, "data"),
            "\x01\x02\x01\x05\x01\x02\x03\x04\xFF\xFF\xFF\xFE"
            "caf\xC3\xA9"
            "data"sv);
  BinaryHeader header = kHeader;
  header.sender_id = "ann";
  header.echo = false;
  header.kind = BinaryKind::image;
  EXPECT_EQ(gateway_message(header, "data"),
            "\x01\x03\x00\x05\x01\x02\x03\x04\xFF\xFF\xFF\xFE"
            "caf\xC3\xA9\x03"
            "anndata"sv);
}

TEST(BinaryHeaderTest, IsReadAsItWasWritten) {
  for (const BinaryKind kind : {BinaryKind::voice, BinaryKind::file, BinaryKind::image}) {
    for (const std::size_t room : {1U, 2U, 255U}) {
      for (const std::size_t sender : {0U, 1U, 255U}) {
        const std::string room_name(room, 'r');
        const std::string sender_id(sender, 's');
        const BinaryHeader header{.kind = kind,
                                  .echo = room == 2,
                                  .stream = std::numeric_limits<std::uint32_t>::max(),
                                  .sequence = 7,
                                  .room = room_name,
                                  .sender_id = sender_id};
        const std::string message = gateway_message(header, "payload");
        const auto parsed = parse_gateway_message(message);
        ASSERT_TRUE(parsed);
        EXPECT_TRUE(same(parsed->header, header));
        EXPECT_EQ(base::as_text(parsed->payload), "payload");
      }
    }
  }
}

TEST(BinaryHeaderTest, ThePayloadMayBeEmpty) {
  const std::string client = client_message(kHeader, "");
  const auto parsed = parse_client_binary(base::as_bytes(client));
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(same(parsed->header, kHeader));
  EXPECT_TRUE(parsed->payload.empty());
  const std::string gateway = gateway_message(kHeader, "");
  ASSERT_TRUE(parse_gateway_message(gateway));
}

TEST(BinaryHeaderTest, EveryTruncationIsRefused) {
  BinaryHeader header = kHeader;
  header.sender_id = "ann";
  const std::string client = client_message(header, "");
  const std::string gateway = gateway_message(header, "");
  for (std::size_t i = 0; i < client.size(); ++i) {
    EXPECT_FALSE(parse_client_binary(base::as_bytes(client).first(i))) << i;
  }
  for (std::size_t i = 0; i < gateway.size(); ++i) {
    EXPECT_FALSE(parse_gateway_message(std::string_view(gateway).substr(0, i))) << i;
  }
}

// Each of the first four octets over all its values.
TEST(BinaryHeaderTest, OnlyKnownOctetsAreAccepted) {
  const std::string good = client_message(kHeader, "data");
  for (int value = 0; value < 256; ++value) {
    const auto accepts = [&good, value](std::size_t at) {
      std::string message = good;
      message[at] = static_cast<char>(value);
      return parse_client_binary(base::as_bytes(message)).has_value();
    };
    EXPECT_EQ(accepts(0), value == 1) << value;
    EXPECT_EQ(accepts(1), value >= 1 && value <= 3) << value;
    EXPECT_EQ(accepts(2), value <= 1) << value;
    // Of the room's nine octets; the fifth ends in the middle of a character when cut at four.
    EXPECT_EQ(accepts(3), value >= 1 && value <= 9 && value != 4) << value;
  }
}

TEST(BinaryHeaderTest, TheRoomMustBeUtf8) {
  BinaryHeader header = kHeader;
  header.room = "\xFF";
  const std::string bad_room = client_message(header, "x");
  EXPECT_FALSE(parse_client_binary(base::as_bytes(bad_room)));
}

TEST(BinaryHeaderTest, WhatDoesNotFitIsNotWritten) {
  const std::string long_text(256, 'x');
  std::string out = "kept";
  EXPECT_FALSE(append_client_header(out, {.room = ""}));
  EXPECT_FALSE(append_client_header(out, {.room = long_text}));
  EXPECT_FALSE(append_gateway_header(out, {.room = ""}));
  EXPECT_FALSE(append_gateway_header(out, {.room = "r", .sender_id = long_text}));
  EXPECT_EQ(out, "kept");
}

TEST(BinaryHeaderTest, AnyBytesAreJudged) {
  base::Prng prng(11);
  int accepted = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string message = gateway_message(kHeader, "payload");
    for (std::uint64_t n = prng.below(4); n > 0; --n) {
      message[prng.below(message.size())] = static_cast<char>(prng.below(256));
    }
    message.resize(prng.below(message.size() + 1));
    const auto parsed = parse_gateway_message(message);
    if (!parsed) continue;
    ++accepted;
    ASSERT_EQ(gateway_message(parsed->header, base::as_text(parsed->payload)), message);
  }
  EXPECT_GT(accepted, 1'000);
}

TEST(BinaryHeaderTest, KindsHaveNames) {
  EXPECT_EQ(name(BinaryKind::voice), "voice");
  EXPECT_EQ(name(BinaryKind::file), "file");
  EXPECT_EQ(name(BinaryKind::image), "image");
}

}  // namespace
}  // namespace app
