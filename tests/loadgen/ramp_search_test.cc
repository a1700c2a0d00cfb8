#include "loadgen/ramp_search.h"

#include <gtest/gtest.h>

#include <vector>

namespace loadgen {
namespace {

// Searches where rates up to `capacity` hold; returns all that were tried.
std::vector<double> search(RampSearch& search, double capacity) {
  std::vector<double> tried;
  while (const auto rate = search.next()) {
    tried.push_back(*rate);
    search.tell(*rate <= capacity);
  }
  return tried;
}

TEST(RampSearch, GrowsThenHalvesUntilItIsNearEnough) {
  for (const double capacity : {100.0, 101.0, 150.0, 999.0, 54'321.0}) {
    RampSearch ramp({.from = 100, .to = 1e6, .growth = 2, .precision = 0.05});
    const auto tried = search(ramp, capacity);
    ASSERT_TRUE(ramp.highest().has_value());
    EXPECT_LE(*ramp.highest(), capacity);
    EXPECT_GE(*ramp.highest() * 1.05, capacity);
    EXPECT_GT(*ramp.lowest_failed(), capacity);
    EXPECT_LT(tried.size(), 20);
    EXPECT_DOUBLE_EQ(tried[0], 100);
    EXPECT_DOUBLE_EQ(tried[1], 200);
  }
}

TEST(RampSearch, EndsAtOnceWhenTheFirstFails) {
  RampSearch ramp({.from = 100, .to = 1e6});
  EXPECT_EQ(search(ramp, 99).size(), 1);
  EXPECT_FALSE(ramp.highest().has_value());
}

TEST(RampSearch, TriesNothingAboveTheLast) {
  RampSearch ramp({.from = 100, .to = 500, .growth = 2});
  EXPECT_EQ(search(ramp, 1e9), (std::vector<double>{100, 200, 400, 500}));
  EXPECT_DOUBLE_EQ(*ramp.highest(), 500);
  RampSearch only({.from = 100, .to = 100});
  EXPECT_EQ(search(only, 1e9), (std::vector<double>{100}));
}

}  // namespace
}  // namespace loadgen
