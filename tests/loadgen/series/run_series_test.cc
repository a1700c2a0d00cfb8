#include "loadgen/series/run_series.h"

#include <gtest/gtest.h>

#include <vector>

namespace loadgen {
namespace {

using namespace std::chrono_literals;

// A sample each `step`, `per_sample` messages more in each.
RunSeries counting(base::Instant began, base::Duration step, int samples,
                   std::uint64_t per_sample) {
  RunSeries series{.began = began};
  for (int i = 0; i < samples; ++i) {
    TrafficSample sample{.at = i * step, .open = 5};
    sample.received = static_cast<std::uint64_t>(i) * per_sample;
    sample.latency[7] = sample.received;
    series.traffic.push_back(sample);
  }
  return series;
}

constexpr base::Instant kStart{base::Duration{1h}};

TEST(RunSeries, MergesAtTheTimesOfTheCoarsest) {
  const std::vector<RunSeries> parts{counting(kStart, 100ms, 21, 10),
                                     counting(kStart, 500ms, 5, 100)};
  const RunSeries merged = merge_series(parts);
  ASSERT_EQ(merged.traffic.size(), 5);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(merged.traffic[i].at, static_cast<int>(i) * 500ms);
    EXPECT_EQ(merged.traffic[i].received, i * 100 + i * 5 * 10);
    EXPECT_EQ(merged.traffic[i].latency[7], merged.traffic[i].received);
    EXPECT_EQ(merged.traffic[i].open, 10);
  }
}

TEST(RunSeries, MergesPartsThatBeganLater) {
  const std::vector<RunSeries> parts{counting(kStart, 1s, 4, 1),
                                     counting(kStart + 1500ms, 500ms, 8, 1)};
  const RunSeries merged = merge_series(parts);
  ASSERT_EQ(merged.traffic.size(), 4);
  EXPECT_EQ(merged.traffic[1].received, 1);
  EXPECT_EQ(merged.traffic[1].open, 5) << "the second had not begun";
  EXPECT_EQ(merged.traffic[2].received, 2 + 1);
  EXPECT_EQ(merged.traffic[3].received, 3 + 3);
}

TEST(RunSeries, AddsWhatTheClientsUsed) {
  std::vector<RunSeries> parts{counting(kStart, 1s, 9, 1), counting(kStart - 1s, 1s, 4, 1)};
  parts[0].resources.push_back({.at = 2s, .client_cpu = 1s, .client_resident = 70});
  parts[0].resources[0].host.slab = 5;
  parts[1].resources.push_back({.at = 1s, .client_cpu = 2s, .client_resident = 7});
  parts[1].resources[0].host.slab = 6;
  const RunSeries merged = merge_series(parts);
  ASSERT_EQ(merged.resources.size(), 1);
  EXPECT_EQ(merged.resources[0].at, 3s) << "on the merged series's time line";
  EXPECT_EQ(merged.resources[0].client_resident, 77);
  EXPECT_EQ(merged.resources[0].client_cpu, 3s);
  EXPECT_EQ(merged.resources[0].host.slab, 5) << "the host is the same one for all";
  EXPECT_TRUE(merge_series({}).traffic.empty());
}

}  // namespace
}  // namespace loadgen
