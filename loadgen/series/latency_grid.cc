#include "loadgen/series/latency_grid.h"

#include <algorithm>

namespace loadgen {

LatencyGrid LatencyGrid::of(std::span<const TrafficSample> samples) {
  LatencyGrid grid;
  if (samples.empty()) return grid;
  const LatencyRangeCounts& first = samples.front().latency;
  const LatencyRangeCounts& last = samples.back().latency;
  std::size_t end = 0;
  grid.first_range = kLatencyRanges;
  for (std::size_t range = 0; range < kLatencyRanges; ++range) {
    if (last[range] == first[range]) continue;
    grid.first_range = std::min(grid.first_range, range);
    end = range + 1;
  }
  if (end == 0) return {};
  grid.ranges = end - grid.first_range;
  for (std::size_t i = 1; i < samples.size(); ++i) {
    std::vector<std::uint64_t>& counts = grid.counts.emplace_back(grid.ranges);
    for (std::size_t range = 0; range < grid.ranges; ++range) {
      const std::size_t at = grid.first_range + range;
      counts[range] = samples[i].latency[at] - samples[i - 1].latency[at];
    }
  }
  return grid;
}

}  // namespace loadgen
