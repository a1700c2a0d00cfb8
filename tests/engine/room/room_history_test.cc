#include "engine/room/room_history.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/bytes.h"

namespace engine {
namespace {

void add(RoomHistory& history, std::uint64_t number, std::string_view text) {
  history.add({.number = number, .opcode = protocol::Opcode::text}, base::as_bytes(text));
}

std::vector<std::uint64_t> numbers(const RoomHistory& history, std::uint64_t after,
                                   std::uint64_t through) {
  std::vector<std::uint64_t> all;
  history.for_each(after, through, [&](const KeptMessage& message) {
    all.push_back(message.number);
    return true;
  });
  return all;
}

TEST(RoomHistory, NumbersMayHaveGaps) {
  RoomHistory history;
  EXPECT_TRUE(history.empty());
  EXPECT_EQ(history.first(), 0U);
  using Numbers = std::vector<std::uint64_t>;
  for (const std::uint64_t number : Numbers{3, 4, 9, 20}) add(history, number, "x");
  EXPECT_EQ(numbers(history, 0, 100), (Numbers{3, 4, 9, 20}));
  EXPECT_EQ(numbers(history, 3, 100), (Numbers{4, 9, 20}));
  EXPECT_EQ(numbers(history, 5, 19), (Numbers{9}));
  EXPECT_EQ(numbers(history, 9, 20), (Numbers{20}));
  EXPECT_EQ(numbers(history, 20, 100), Numbers{});
  EXPECT_EQ(numbers(history, UINT64_MAX, UINT64_MAX), Numbers{});
}

TEST(RoomHistory, WhatWasDroppedIsLost) {
  RoomHistory history;
  EXPECT_EQ(history.lost_through(), 0U);
  add(history, 3, "abc");
  add(history, 9, "de");
  EXPECT_EQ(history.bytes(), 5U);
  history.drop_first();
  EXPECT_EQ(history.lost_through(), 3U);
  EXPECT_EQ(history.first(), 9U);
  history.drop_first();
  EXPECT_EQ(history.lost_through(), 9U);
  EXPECT_EQ(history.bytes(), 0U);
  EXPECT_TRUE(history.empty());
}

TEST(RoomHistory, ACopyIsKeptAndVisitsMayEnd) {
  RoomHistory history;
  std::string text = "text";
  add(history, 1, text);
  add(history, 2, "");
  text = "gone";
  int visits = 0;
  history.for_each(0, 2, [&](const KeptMessage& message) {
    ++visits;
    EXPECT_EQ(base::as_text(message.bytes()), "text");
    return false;
  });
  EXPECT_EQ(visits, 1);
}

}  // namespace
}  // namespace engine
