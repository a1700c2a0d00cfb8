#include "loadgen/series/run_series.h"

#include <algorithm>

namespace loadgen {

namespace {

void add(TrafficSample& all, const TrafficSample& one) {
  all.opened += one.opened;
  all.failed += one.failed;
  all.open += one.open;
  all.sent += one.sent;
  all.received += one.received;
  all.payload_bytes_sent += one.payload_bytes_sent;
  all.payload_bytes_received += one.payload_bytes_received;
  for (std::size_t i = 0; i < all.latency.size(); ++i) all.latency[i] += one.latency[i];
}

// The last sample that was taken at `instant` or before; null when there was none yet.
const TrafficSample* sample_at(const RunSeries& series, base::Instant instant) {
  const base::Duration at = instant - series.began;
  const auto after = std::upper_bound(
      series.traffic.begin(), series.traffic.end(), at,
      [](base::Duration time, const TrafficSample& sample) { return time < sample.at; });
  return after == series.traffic.begin() ? nullptr : &*(after - 1);
}

}  // namespace

RunSeries merge_series(std::span<const RunSeries> parts) {
  if (parts.empty()) return {};
  const RunSeries& coarsest = *std::min_element(
      parts.begin(), parts.end(),
      [](const RunSeries& a, const RunSeries& b) { return a.traffic.size() < b.traffic.size(); });
  RunSeries merged = coarsest;
  merged.resources = parts.front().resources;
  for (ResourceSample& sample : merged.resources) {
    sample.at += parts.front().began - merged.began;
  }
  for (const RunSeries& part : parts) {
    if (&part == &coarsest) continue;
    for (TrafficSample& sample : merged.traffic) {
      const TrafficSample* other = sample_at(part, merged.began + sample.at);
      // Only the latencies and counts are summed; the time stays the coarsest one's.
      if (other != nullptr) add(sample, *other);
    }
  }
  return merged;
}

}  // namespace loadgen
