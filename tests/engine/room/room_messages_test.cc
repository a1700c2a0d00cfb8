#include "engine/room/room_messages.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/bytes.h"
#include "engine/room/number_text.h"
#include "engine/room/room_name.h"
#include "engine/shard/parcel.h"

namespace engine {
namespace {

void expect_same(const Publication& one, const Publication& other) {
  EXPECT_EQ(one.shard, other.shard);
  EXPECT_EQ(as_handle(one.session), as_handle(other.session));
  EXPECT_EQ(one.opcode, other.opcode);
  EXPECT_EQ(one.echo, other.echo);
  EXPECT_EQ(one.keep, other.keep);
  EXPECT_EQ(one.number_at, other.number_at);
  EXPECT_EQ(one.key, other.key);
  EXPECT_EQ(one.answer, other.answer);
  EXPECT_EQ(one.published_at, other.published_at);
  EXPECT_EQ(one.id, other.id);
  EXPECT_EQ(one.room, other.room);
}

// As a shard sends it and another reads it.
void expect_round_trip(const Publication& publication) {
  constexpr std::string_view kMessage = "message";
  ParcelPool pool;
  Parcel* parcel =
      pool.allocate(static_cast<std::uint32_t>(publication.head_bytes() + kMessage.size()));
  const std::span<std::byte> bytes = parcel->bytes();
  publication.write_head(bytes.first(publication.head_bytes()));
  const ShardMessage message{.kind = static_cast<std::uint8_t>(RoomMessage::publish),
                             .detail = publication.detail(),
                             .sender = publication.shard,
                             .source = as_handle(publication.session),
                             .parcel = parcel};
  const Publication read = publication_of(message);
  expect_same(read, publication);
  EXPECT_EQ(read.head_bytes(), publication.head_bytes());
  parcel->release();
}

TEST(RoomMessages, APublicationCrossesShardsWhole) {
  const std::string id(base::kMessageIdBytesMax, '\xFF');
  const std::string room(base::kRoomNameBytesMax, '\x01');
  expect_round_trip({.shard = 3, .session = {.slot = 4, .generation = 5}});
  expect_round_trip({.shard = UINT16_MAX,
                     .session = kNobody,
                     .opcode = protocol::Opcode::binary,
                     .echo = false,
                     .keep = true,
                     .number_at = 0,
                     .key = UINT64_MAX,
                     .answer = {.index = UINT32_MAX, .generation = UINT32_MAX},
                     .published_at = base::Instant{std::chrono::hours{99}},
                     .id = id,
                     .room = room});
}

TEST(RoomMessages, EachFieldAloneNeedsTheHead) {
  const std::vector<Publication> all{{.keep = true},
                                     {.number_at = 7},
                                     {.key = 1},
                                     {.answer = {.index = 0, .generation = 1}},
                                     {.published_at = base::Instant{base::Duration{1}}},
                                     {.id = "i"},
                                     {.room = "r"}};
  for (const Publication& each : all) {
    EXPECT_TRUE(each.has_head());
    expect_round_trip(each);
  }
  EXPECT_FALSE(Publication{.echo = false}.has_head());
  EXPECT_EQ(Publication{}.head_bytes(), 0U);
}

TEST(NumberText, CountsUp) {
  NumberText numbers;
  std::string text(base::kNumberTextBytes, '?');
  for (const std::uint64_t start : {std::uint64_t{0}, std::uint64_t{95}, UINT64_MAX - 20}) {
    for (std::uint64_t number = start; number != start + 21; ++number) {
      numbers.write(std::as_writable_bytes(std::span(text)), 0, number);
      ASSERT_EQ(text.substr(text.find_first_not_of(' ')), std::to_string(number));
    }
  }
}

TEST(NumberText, IsRightAlignedAmongSpaces) {
  constexpr std::size_t kBytes = base::kNumberTextBytes;
  NumberText numbers;
  for (const std::uint64_t number :
       {std::uint64_t{0}, std::uint64_t{7}, std::uint64_t{1234567}, std::uint64_t{7},
        std::uint64_t{9'999'999'999'999'999'999U}, UINT64_MAX}) {
    std::string text = "[" + std::string(kBytes, '?') + "]";
    numbers.write(std::as_writable_bytes(std::span(text)), 1, number);
    const std::string digits = std::to_string(number);
    EXPECT_EQ(text, "[" + std::string(kBytes - digits.size(), ' ') + digits + "]");
  }
}

TEST(RoomName, WhatIsSeenEndsAtTheTag) {
  EXPECT_EQ(without_tag("room\x01tenant"), "room");
  EXPECT_EQ(without_tag("room"), "room");
  EXPECT_EQ(without_tag("\x01tenant"), "");
  EXPECT_EQ(without_tag("a\x01"
                        "b\x01"
                        "c"),
            "a");
  EXPECT_EQ(without_tag(""), "");
}

}  // namespace
}  // namespace engine
