#include "engine/reactor/sweep.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

#include "base/prng.h"

namespace engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr base::Instant kStart{seconds{1000}};
constexpr base::Duration kInterval = seconds{30};

// Steps of every size, as busy and idle shards take them.
base::Duration draw_step(base::Prng& prng) {
  const std::uint64_t ceiling = std::uint64_t{1} << prng.below(30);  // Up to a second.
  return base::Duration{static_cast<std::int64_t>(1 + prng.below(ceiling))};
}

TEST(Sweep, VisitsEverySlotOncePerIntervalWhateverTheSteps) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    base::Prng prng(seed);
    const auto slots = static_cast<std::uint32_t>(1 + prng.below(5000));
    Sweep sweep(kInterval);
    sweep.start(kStart);
    std::vector<std::uint32_t> visits(slots, 0);
    std::vector<base::Instant> visited(slots, kStart);
    base::Instant now = kStart;
    const int rounds = 4;
    while (now < kStart + rounds * kInterval) {
      now += draw_step(prng);
      Sweep::Range range = sweep.step(now, slots);
      EXPECT_FALSE(range.behind && range.end - range.begin < base::kSweepPerTurn);
      for (std::uint32_t slot = range.begin; slot < range.end; ++slot) {
        if (visits[slot] > 0) {
          const base::Duration gap = now - visited[slot];
          ASSERT_GE(gap, kInterval - seconds{2}) << "seed " << seed << " slot " << slot;
          ASSERT_LE(gap, kInterval + seconds{4}) << "seed " << seed << " slot " << slot;
        }
        ++visits[slot];
        visited[slot] = now;
      }
    }
    for (std::uint32_t slot = 0; slot < slots; ++slot) {
      ASSERT_GE(visits[slot], static_cast<std::uint32_t>(rounds) - 1) << "seed " << seed;
      ASSERT_LE(visits[slot], static_cast<std::uint32_t>(rounds)) << "seed " << seed;
    }
  }
}

TEST(Sweep, IsSpreadEvenly) {
  Sweep sweep(kInterval);
  sweep.start(kStart);
  for (int step = 1; step <= 30; ++step) {
    const Sweep::Range range = sweep.step(kStart + step * seconds{1}, 3000);
    EXPECT_NEAR(range.end - range.begin, 100, 1) << "after " << step << " s";
  }
}

TEST(Sweep, StepsAreAsSmallOfALargeTableAsOfASmallOne) {
  constexpr std::uint32_t kSlots = 20'000;
  Sweep sweep(kInterval);
  sweep.start(kStart);
  std::uint32_t visited = 0;
  for (base::Instant now = kStart; now < kStart + kInterval;) {
    const Sweep::Range range = sweep.step(now, kSlots);
    EXPECT_LE(range.end - range.begin, base::kSweepSlotsPerStep + 1);
    visited += range.end - range.begin;
    ASSERT_GE(sweep.next(now) - now, base::kSweepPauseLeast);
    now = sweep.next(now);
  }
  EXPECT_GE(visited, kSlots - base::kSweepSlotsPerStep - 1);
}

TEST(Sweep, CatchesUpInBoundedStepsAndSkipsNobody) {
  constexpr std::uint32_t kSlots = 3 * base::kSweepPerTurn + 5;
  Sweep sweep(kInterval);
  sweep.start(kStart);
  const base::Instant late = kStart + 10 * kInterval;
  std::uint32_t next = 0;
  for (int turn = 0; turn < 4; ++turn) {
    const Sweep::Range range = sweep.step(late, kSlots);
    EXPECT_EQ(range.begin, next);
    EXPECT_LE(range.end - range.begin, base::kSweepPerTurn);
    EXPECT_EQ(range.behind, turn < 3);
    next = range.end;
  }
  EXPECT_EQ(next, kSlots);
  const Sweep::Range after = sweep.step(late, kSlots);
  EXPECT_EQ(after.end - after.begin, 0U) << "one round makes up for all that were missed";
}

TEST(Sweep, FollowsATableThatGrows) {
  Sweep sweep(kInterval);
  sweep.start(kStart);
  std::vector<std::uint32_t> visits(1000, 0);
  for (int step = 1; step <= 60; ++step) {
    const auto slots = static_cast<std::uint32_t>(std::min(1000, 10 * step));
    const Sweep::Range range = sweep.step(kStart + step * milliseconds{500}, slots);
    for (std::uint32_t slot = range.begin; slot < range.end; ++slot) ++visits[slot];
  }
  for (std::uint32_t slot = 0; slot < 600; ++slot) EXPECT_EQ(visits[slot], 1U) << slot;
}

TEST(Sweep, WithoutAnIntervalOrBeforeItsStartItRests) {
  Sweep never(base::Duration::zero());
  never.start(kStart);
  EXPECT_EQ(never.step(kStart + kInterval, 10).end, 0U);
  EXPECT_EQ(never.next(kStart), base::kForever);
  Sweep early(kInterval);
  EXPECT_EQ(early.step(kStart + kInterval, 10).end, 0U);
  EXPECT_EQ(early.next(kStart), base::kForever);
}

TEST(Sweep, ComesInStepsThatAreNeitherRareNorFrequent) {
  Sweep sweep(kInterval);
  sweep.start(kStart);
  EXPECT_EQ(sweep.next(kStart) - kStart, kInterval / base::kSweepSteps);
  Sweep hurried(milliseconds{100});
  hurried.start(kStart);
  EXPECT_EQ(hurried.next(kStart) - kStart, base::kSweepPauseLeast);
}

}  // namespace
}  // namespace engine
