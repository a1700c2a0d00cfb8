#include "loadgen/schedule.h"

#include <gtest/gtest.h>

#include <vector>

namespace loadgen {
namespace {

using namespace std::chrono_literals;

constexpr base::Instant kStart{1000s};

std::vector<base::Duration> first(const ScheduleOptions& options, int count) {
  Schedule schedule(options);
  schedule.start(kStart);
  std::vector<base::Duration> offsets;
  for (int i = 0; i < count; ++i) {
    offsets.push_back(schedule.next() - kStart);
    schedule.advance();
  }
  return offsets;
}

TEST(Schedule, SendsNothingBeforeItIsStartedOrWithoutARate) {
  Schedule schedule({.rate = 10});
  EXPECT_EQ(schedule.next(), base::kForever);
  Schedule idle({.rate = 0});
  idle.start(kStart);
  EXPECT_EQ(idle.next(), base::kForever);
}

TEST(Schedule, ConstantArrivalsAreEvenlySpaced) {
  EXPECT_EQ(first({.rate = 4}, 4), (std::vector<base::Duration>{0ms, 250ms, 500ms, 750ms}));
}

TEST(Schedule, ThePhaseShiftsWithinTheFirstInterval) {
  EXPECT_EQ(first({.rate = 4, .phase = 0.5}, 3),
            (std::vector<base::Duration>{125ms, 375ms, 625ms}));
}

TEST(Schedule, ConstantArrivalsDoNotDrift) {
  // A third of a second is no whole number of nanoseconds.
  const auto offsets = first({.rate = 3}, 3 * 3600 + 1);
  EXPECT_EQ(offsets.back(), 1h);
}

TEST(Schedule, PoissonArrivalsHaveTheMeanRateAndTheirSpread) {
  const int count = 100'000;
  const auto offsets = first({.rate = 1000, .arrivals = Arrivals::poisson, .seed = 7}, count);
  const double seconds = base::to_seconds(offsets.back());
  EXPECT_NEAR(count / seconds, 1000, 20);
  // Of exponential gaps, a share of 1/e is longer than the mean; of even ones none is.
  int longer = 0;
  for (int i = 1; i < count; ++i) {
    ASSERT_GE(offsets[static_cast<std::size_t>(i)], offsets[static_cast<std::size_t>(i) - 1]);
    longer += offsets[static_cast<std::size_t>(i)] - offsets[static_cast<std::size_t>(i) - 1] > 1ms;
  }
  EXPECT_NEAR(static_cast<double>(longer) / count, 0.368, 0.01);
}

TEST(Schedule, TheSeedRepeatsPoissonArrivals) {
  const ScheduleOptions one{.rate = 100, .arrivals = Arrivals::poisson, .seed = 1};
  ScheduleOptions two = one;
  two.seed = 2;
  EXPECT_EQ(first(one, 50), first(one, 50));
  EXPECT_NE(first(one, 50), first(two, 50));
}

}  // namespace
}  // namespace loadgen
