#include "base/prng.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace base {
namespace {

TEST(Prng, FollowsTheReferenceImplementation) {
  // xoshiro256** by Blackman and Vigna, its state filled by splitmix64 from the seed 0:
  // splitmix64's first number for seed 0 is 0xE220A8397B1DCDAF, and the generator's follow from the
  // four of them.
  Prng prng(0);
  EXPECT_EQ(prng.next(), 0x99EC5F36CB75F2B4u);
  EXPECT_EQ(prng.next(), 0xBF6E1F784956452Au);
  EXPECT_EQ(prng.next(), 0x1A5F849D4933E6E0u);
}

TEST(Prng, RepeatsItselfForASeed) {
  Prng first(42);
  Prng second(42);
  Prng other(43);
  int differences = 0;
  for (int i = 0; i < 100; ++i) {
    const std::uint64_t number = first.next();
    EXPECT_EQ(number, second.next());
    if (number != other.next()) ++differences;
  }
  EXPECT_EQ(differences, 100);
}

TEST(Prng, BelowIsFairAndInRange) {
  Prng prng(7);
  std::array<int, 10> seen{};
  for (int i = 0; i < 100'000; ++i) {
    const std::uint64_t number = prng.below(seen.size());
    ASSERT_LT(number, seen.size());
    ++seen[number];
  }
  for (const int count : seen) EXPECT_NEAR(count, 10'000, 500);
  EXPECT_EQ(prng.below(1), 0u);
  EXPECT_LT(prng.below(UINT64_MAX), UINT64_MAX);
}

TEST(Prng, ChanceAndUnitKeepTheirPromises) {
  Prng prng(7);
  int hits = 0;
  for (int i = 0; i < 100'000; ++i) {
    const double unit = prng.unit();
    ASSERT_GE(unit, 0.0);
    ASSERT_LT(unit, 1.0);
    hits += prng.chance(0.25) ? 1 : 0;
    ASSERT_FALSE(prng.chance(0.0));
    ASSERT_TRUE(prng.chance(1.0));
  }
  EXPECT_NEAR(hits, 25'000, 1'000);
}

}  // namespace
}  // namespace base
