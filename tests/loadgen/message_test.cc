#include "loadgen/message.h"

#include <gtest/gtest.h>

#include <cstring>

#include <vector>

namespace loadgen {
namespace {

constexpr Stamp kStamp{
    .room = 7, .publisher = 3, .sequence = 1ULL << 40U, .intended_ns = 123456789};

std::vector<std::byte> written(std::size_t size, std::uint64_t seed = 1) {
  std::vector<std::byte> message(size);
  MessageCodec(seed).write(message, kStamp);
  return message;
}

TEST(Message, IsReadAsItWasWrittenInEverySize) {
  const MessageCodec codec(1);
  for (std::size_t size = kStampBytes; size < 300; ++size) {
    Stamp stamp;
    ASSERT_TRUE(codec.read(written(size), stamp)) << size;
    EXPECT_EQ(stamp, kStamp);
  }
}

TEST(Message, EveryFlippedBitIsFound) {
  const MessageCodec codec(1);
  std::vector<std::byte> message = written(101);
  for (std::size_t bit = 0; bit < message.size() * 8; ++bit) {
    const auto mask = static_cast<std::byte>(1U << bit % 8);
    message[bit / 8] ^= mask;
    Stamp stamp;
    EXPECT_FALSE(codec.read(message, stamp)) << "bit " << bit;
    message[bit / 8] ^= mask;
  }
}

TEST(Message, CutAndExtendedMessagesAreFound) {
  const MessageCodec codec(1);
  const std::vector<std::byte> message = written(80);
  Stamp stamp;
  for (std::size_t size = 0; size < message.size(); ++size) {
    EXPECT_FALSE(codec.read(std::span(message).first(size), stamp)) << size;
  }
  // The octets that a longer message would have had are no excuse.
  std::vector<std::byte> longer = written(81);
  std::copy(message.begin(), message.end(), longer.begin());
  EXPECT_FALSE(codec.read(longer, stamp));
}

TEST(Message, AnotherRunsMessagesAreFound) {
  Stamp stamp;
  EXPECT_FALSE(MessageCodec(2).read(written(64, 1), stamp));
}

TEST(Message, OctetsInAnotherOrderAreFound) {
  std::vector<std::byte> message = written(256);
  std::swap_ranges(message.begin() + 64, message.begin() + 96, message.begin() + 128);
  Stamp stamp;
  EXPECT_FALSE(MessageCodec(1).read(message, stamp));
}

TEST(Message, AsTextIsReadAgainAndNothingElseIs) {
  const MessageCodec codec(7);
  const Stamp stamp{.room = 1, .publisher = 2, .sequence = 3, .intended_ns = 4};
  std::vector<std::byte> scratch(40);
  std::vector<std::byte> text(80);
  codec.write_text(text, stamp, scratch);
  for (const std::byte digit : text) {
    EXPECT_NE(std::strchr("0123456789abcdef", std::to_integer<char>(digit)), nullptr);
  }
  Stamp read;
  EXPECT_TRUE(codec.read_text(text, read, scratch));
  EXPECT_EQ(read, stamp);
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const char other : {'0', 'f', 'F', 'g', ' '}) {
      auto changed = text;
      if (changed[i] == static_cast<std::byte>(other)) continue;
      changed[i] = static_cast<std::byte>(other);
      EXPECT_FALSE(codec.read_text(changed, read, scratch)) << i << other;
    }
  }
  EXPECT_FALSE(codec.read_text(std::span(text).first(79), read, scratch));
  EXPECT_FALSE(codec.read_text(std::span(text).first(78), read, scratch));
  EXPECT_FALSE(codec.read_text(std::vector<std::byte>(100), read, scratch));
}

}  // namespace
}  // namespace loadgen
