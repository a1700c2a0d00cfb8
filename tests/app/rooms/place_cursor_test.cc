#include "app/rooms/place_cursor.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string_view>

namespace app {
namespace {

TEST(PlaceCursor, IsReadAsItWasWritten) {
  const std::optional<PlaceCursor> cursor =
      PlaceCursor::parse(PlaceCursor{7, 4'294'967'295}.text());
  ASSERT_TRUE(cursor);
  EXPECT_EQ(cursor->shard, 7U);
  EXPECT_EQ(cursor->place, 4'294'967'295U);
}

TEST(PlaceCursor, WhatIsNoneIsRefused) {
  constexpr std::array<std::string_view, 15> kOthers{
      "",     ".",    "1",    "1.",  ".1",    "1.2.3", "1.2 ",        "1.4294967296",
      " 1.2", "-1.2", "1.-2", "1,2", "1.2\n", "a.b",   "4294967296.1"};
  for (const std::string_view other : kOthers) EXPECT_FALSE(PlaceCursor::parse(other)) << other;
}

}  // namespace
}  // namespace app
