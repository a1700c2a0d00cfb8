#include "app/rooms/place_cursor.h"

#include <gtest/gtest.h>

#include <array>
#include <string_view>

namespace app {
namespace {

TEST(PlaceCursor, IsReadAsItWasWritten) {
  const PlaceCursor cursor = PlaceCursor::parse(PlaceCursor{7, 4'294'967'295}.text());
  EXPECT_EQ(cursor.shard, 7U);
  EXPECT_EQ(cursor.place, 4'294'967'295U);
}

TEST(PlaceCursor, WhatIsNoneIsTheBeginning) {
  constexpr std::array<std::string_view, 14> kOthers{
      "",     ".",    "1",    "1.",  ".1",    "1.2.3", "1.2 ",
      " 1.2", "-1.2", "1.-2", "1,2", "1.2\n", "a.b",   "4294967296.1"};
  for (const std::string_view other : kOthers) {
    const PlaceCursor cursor = PlaceCursor::parse(other);
    EXPECT_EQ(cursor.shard, 0U) << other;
    EXPECT_EQ(cursor.place, 0U) << other;
  }
  EXPECT_EQ(PlaceCursor::parse("1.4294967296").shard, 0U);
}

}  // namespace
}  // namespace app
