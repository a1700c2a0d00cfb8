#include "loadgen/series/latency_counts.h"

#include <gtest/gtest.h>

namespace loadgen {
namespace {

TEST(LatencyCounts, RangesFollowEachOtherWithoutAGap) {
  for (std::size_t range = 0; range + 1 < kLatencyRanges; ++range) {
    const std::uint64_t begin = latency_range_begin(range);
    EXPECT_EQ(latency_range_of(begin), range);
    EXPECT_EQ(latency_range_of(latency_range_begin(range + 1) - 1), range);
  }
  EXPECT_EQ(latency_range_of(UINT64_MAX), kLatencyRanges - 1);
}

TEST(LatencyCounts, RangesAreAtMostAQuarterWide) {
  for (std::size_t range = 1; range + 1 < kLatencyRanges; ++range) {
    const auto begin = static_cast<double>(latency_range_begin(range));
    EXPECT_LE(static_cast<double>(latency_range_begin(range + 1)), 1.25 * begin);
  }
}

TEST(LatencyCounts, AddsWhatItCounted) {
  LatencyCounts counts;
  counts.record(0);
  counts.record(1'000'000);
  counts.record(1'000'001);
  counts.record(UINT64_MAX);
  LatencyRangeCounts sum{};
  counts.add_to(sum);
  counts.add_to(sum);
  EXPECT_EQ(sum[0], 2);
  EXPECT_EQ(sum[latency_range_of(1'000'000)], 4);
  EXPECT_EQ(sum[kLatencyRanges - 1], 2);
}

}  // namespace
}  // namespace loadgen
