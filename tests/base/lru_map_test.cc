#include "base/lru_map.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace base {
namespace {

using Map = LruMap<std::string, int, std::hash<std::string>>;

TEST(LruMap, ForgetsWhatWasNotUsedForLongest) {
  Map map(2);
  map.put("a", 1);
  map.put("b", 2);
  ASSERT_NE(map.find("a"), nullptr);
  map.put("c", 3);
  EXPECT_EQ(map.find("b"), nullptr);
  EXPECT_EQ(*map.find("a"), 1);
  EXPECT_EQ(*map.find("c"), 3);
  EXPECT_EQ(map.size(), 2U);
}

TEST(LruMap, PeekingIsNoUse) {
  Map map(2);
  map.put("a", 1);
  map.put("b", 2);
  EXPECT_EQ(*map.peek("a"), 1);
  map.put("c", 3);
  EXPECT_EQ(map.peek("a"), nullptr);
}

TEST(LruMap, PuttingAnewReplacesAndIsAUse) {
  Map map(2);
  map.put("a", 1);
  map.put("b", 2);
  map.put("a", 7);
  map.put("c", 3);
  EXPECT_EQ(*map.peek("a"), 7);
  EXPECT_EQ(map.peek("b"), nullptr);
}

}  // namespace
}  // namespace base
