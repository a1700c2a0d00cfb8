// LatencyGrid: the latencies of a run over time, as counts of intervals by ranges: a heat map.
//
// Cut to the ranges that occurred, so that it is as small as the run was uniform. Plain value, made
// by a pure function. Bound: kTrafficSamples intervals of kLatencyRanges.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "loadgen/series/run_series.h"

namespace loadgen {

struct LatencyGrid {
  std::size_t first_range = 0;
  std::size_t ranges = 0;                          // 0: no latency was recorded.
  std::vector<std::vector<std::uint64_t>> counts;  // By interval, then range from first_range.

  // Interval i is from sample i to sample i + 1.
  static LatencyGrid of(std::span<const TrafficSample> samples);
};

}  // namespace loadgen
