#include "base/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "base/prng.h"

namespace base {
namespace {

// On the heap: a histogram is large for a stack.
std::unique_ptr<Histogram> histogram() { return std::make_unique<Histogram>(); }

TEST(Histogram, IsEmptyAtFirst) {
  const auto empty = histogram();
  EXPECT_EQ(empty->count(), 0u);
  EXPECT_EQ(empty->percentile(99), 0u);
  EXPECT_EQ(empty->min(), 0u);
  EXPECT_EQ(empty->max(), 0u);
  EXPECT_EQ(empty->mean(), 0.0);
}

TEST(Histogram, TellsItsBucketsFromTheLeastOn) {
  const auto recorded = histogram();
  recorded->record(1000, 3);
  recorded->record(7);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> buckets;
  recorded->for_each_bucket(
      [&buckets](std::uint64_t end, std::uint64_t count) { buckets.emplace_back(end, count); });
  const std::vector<std::pair<std::uint64_t, std::uint64_t>> expected{{7, 1}, {1003, 3}};
  EXPECT_EQ(buckets, expected);
}

TEST(Histogram, IsExactForSmallValues) {
  const auto small = histogram();
  for (std::uint64_t value = 1; value <= 100; ++value) small->record(value);
  EXPECT_EQ(small->percentile(0), 1u);
  EXPECT_EQ(small->percentile(50), 50u);
  EXPECT_EQ(small->percentile(99), 99u);
  EXPECT_EQ(small->percentile(100), 100u);
  EXPECT_DOUBLE_EQ(small->mean(), 50.5);
}

TEST(Histogram, OverstatesByAtMostOnePartIn128AndNeverFlatters) {
  for (std::uint64_t value = 1; value < kHistogramNanosecondsMax; value += value / 7 + 1) {
    const auto one = histogram();
    one->record(value, 2);
    one->record(kHistogramNanosecondsMax);
    const std::uint64_t answer = one->percentile(60);
    ASSERT_GE(answer, value);
    ASSERT_LE(static_cast<double>(answer - value), static_cast<double>(value) / 128) << value;
  }
}

TEST(Histogram, AgreesWithSorting) {
  Prng prng(3);
  const auto latencies = histogram();
  std::vector<std::uint64_t> sorted;
  for (int i = 0; i < 10'000; ++i) {
    const auto value = static_cast<std::uint64_t>(std::exp(prng.unit() * 25.0));
    latencies->record(value);
    sorted.push_back(std::max<std::uint64_t>(value, 1));
  }
  std::ranges::sort(sorted);
  for (const double percent : {0.0, 1.0, 50.0, 90.0, 99.0, 99.9, 99.99, 100.0}) {
    const auto rank = static_cast<std::size_t>(
        std::max(1.0, std::ceil(percent / 100.0 * static_cast<double>(sorted.size()))));
    const auto exact = static_cast<double>(sorted[rank - 1]);
    const auto answer = static_cast<double>(latencies->percentile(percent));
    EXPECT_GE(answer, exact) << percent;
    EXPECT_LE(answer, exact * (1.0 + 1.0 / 128)) << percent;
  }
  EXPECT_EQ(latencies->min(), sorted.front());
  EXPECT_EQ(latencies->max(), sorted.back());
}

TEST(Histogram, MergingIsRecordingInOne) {
  Prng prng(4);
  const auto left = histogram();
  const auto right = histogram();
  const auto both = histogram();
  for (int i = 0; i < 5'000; ++i) {
    const std::uint64_t value = prng.below(10'000'000'000'000);
    const std::uint64_t count = prng.below(3);
    (i % 3 == 0 ? left : right)->record(value, count);
    both->record(value, count);
  }
  left->merge(*right);
  EXPECT_EQ(left->count(), both->count());
  EXPECT_EQ(left->saturated(), both->saturated());
  EXPECT_EQ(left->min(), both->min());
  EXPECT_EQ(left->max(), both->max());
  EXPECT_DOUBLE_EQ(left->mean(), both->mean());
  for (double percent = 0; percent <= 100; percent += 0.5) {
    EXPECT_EQ(left->percentile(percent), both->percentile(percent)) << percent;
  }
}

TEST(Histogram, MergingAnEmptyOneChangesNothing) {
  const auto latencies = histogram();
  latencies->record(500);
  latencies->merge(*histogram());
  EXPECT_EQ(latencies->min(), 500u);
  EXPECT_EQ(latencies->count(), 1u);
}

TEST(Histogram, CountsWhatItCannotHold) {
  const auto latencies = histogram();
  latencies->record(0);
  latencies->record(kHistogramNanosecondsMax);
  latencies->record(kHistogramNanosecondsMax + 1, 3);
  latencies->record(UINT64_MAX);
  EXPECT_EQ(latencies->saturated(), 4u);
  EXPECT_EQ(latencies->count(), 6u);
  EXPECT_EQ(latencies->min(), 1u);
  EXPECT_EQ(latencies->max(), kHistogramNanosecondsMax);
  EXPECT_EQ(latencies->percentile(100), kHistogramNanosecondsMax);
}

TEST(Histogram, TakesLargeCounts) {
  const auto latencies = histogram();
  latencies->record(kHistogramNanosecondsMax, std::uint64_t{1} << 60);
  EXPECT_DOUBLE_EQ(latencies->mean(), static_cast<double>(kHistogramNanosecondsMax));
  latencies->record(7, 0);
  EXPECT_EQ(latencies->min(), kHistogramNanosecondsMax) << "a count of zero records nothing";
  latencies->clear();
  EXPECT_EQ(latencies->count(), 0u);
}

}  // namespace
}  // namespace base
