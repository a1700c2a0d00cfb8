#include "app/telemetry/wall_clock.h"

#include <gtest/gtest.h>

namespace app {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr std::int64_t kUnixMs = 1'790'000'000'000;

TEST(WallClock, FollowsTheMonotonicClock) {
  WallClock clock;
  const base::Instant now{hours{5}};
  clock.set(now, kUnixMs);
  EXPECT_EQ(clock.unix_ms(now), kUnixMs);
  EXPECT_EQ(clock.unix_ms(now + milliseconds{1500}), kUnixMs + 1500);
  EXPECT_EQ(clock.unix_ms(now - hours{2}), kUnixMs - 7'200'000);
  clock.set(now, kUnixMs - 1000);  // Somebody set the clock back.
  EXPECT_EQ(clock.unix_ms(now), kUnixMs - 1000);
}

// What is due at an instant must not be found early there: it would be looked at again and again.
TEST(WallClock, AtTheInstantOfATimeItIsThatLate) {
  for (const auto odd : {0, 1, 999'999, 500'000}) {
    WallClock clock;
    clock.set(base::Instant{hours{5} + nanoseconds{odd}}, kUnixMs);
    const base::Instant then = clock.instant_of(kUnixMs + 777);
    EXPECT_EQ(clock.unix_ms(then), kUnixMs + 777);
    EXPECT_EQ(clock.unix_ms(then - nanoseconds{1}), kUnixMs + 776);
  }
}

// A token may end in the year 9999. Taken for a time that has passed, it would keep its shard
// awake.
TEST(WallClock, WhatIsTooLateIsNever) {
  WallClock clock;
  clock.set(base::Instant{hours{1}}, kUnixMs);
  EXPECT_EQ(clock.instant_of(253'402'300'799'000), base::kForever);
  EXPECT_EQ(clock.instant_of(INT64_MAX), base::kForever);
  constexpr std::int64_t kHundredYearsMs = std::int64_t{36'525} * 86'400'000;
  EXPECT_EQ(clock.instant_of(kUnixMs + kHundredYearsMs),
            base::Instant{hours{1} + milliseconds{kHundredYearsMs}});
}

}  // namespace
}  // namespace app
