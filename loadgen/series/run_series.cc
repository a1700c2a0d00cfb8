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
template <typename Sample>
const Sample* sample_at(const std::vector<Sample>& samples, base::Instant began,
                        base::Instant instant) {
  const auto after =
      std::upper_bound(samples.begin(), samples.end(), instant - began,
                       [](base::Duration time, const Sample& sample) { return time < sample.at; });
  return after == samples.begin() ? nullptr : &*(after - 1);
}

// What every client used, at the times of the first.
std::vector<ResourceSample> merge_resources(std::span<const RunSeries> parts) {
  std::vector<ResourceSample> merged = parts.front().resources;
  for (const RunSeries& part : parts.subspan(1)) {
    for (ResourceSample& sample : merged) {
      const ResourceSample* other =
          sample_at(part.resources, part.began, parts.front().began + sample.at);
      if (other == nullptr) continue;
      sample.client_cpu += other->client_cpu;
      sample.client_resident += other->client_resident;
    }
  }
  return merged;
}

}  // namespace

RunSeries merge_series(std::span<const RunSeries> parts) {
  if (parts.empty()) return {};
  const RunSeries& coarsest = *std::min_element(
      parts.begin(), parts.end(),
      [](const RunSeries& a, const RunSeries& b) { return a.traffic.size() < b.traffic.size(); });
  RunSeries merged = coarsest;
  merged.resources = merge_resources(parts);
  for (ResourceSample& sample : merged.resources) {
    sample.at += parts.front().began - merged.began;
  }
  for (const RunSeries& part : parts) {
    if (&part == &coarsest) continue;
    for (TrafficSample& sample : merged.traffic) {
      const TrafficSample* other = sample_at(part.traffic, part.began, merged.began + sample.at);
      // Only the latencies and counts are summed; the time stays the coarsest one's.
      if (other != nullptr) add(sample, *other);
    }
  }
  return merged;
}

}  // namespace loadgen
