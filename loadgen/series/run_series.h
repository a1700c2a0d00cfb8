// RunSeries: what a run did over time, as plain values: traffic often, resources less often.
//
// Made by the SeriesRecorder, then part of the Report; read on the main thread. All figures but
// the gauges are totals since the start, so those of any interval are the difference of its ends.
// Bound: kTrafficSamples of about 900 bytes and kResourceSamples of about 100.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/time.h"
#include "loadgen/series/latency_counts.h"

namespace loadgen {

inline constexpr std::size_t kTrafficSamples = 600;
inline constexpr base::Duration kTrafficInterval = std::chrono::milliseconds{100};
inline constexpr std::size_t kResourceSamples = 300;
// Reading /proc takes some hundred microseconds, which should not be seen in the latencies.
inline constexpr base::Duration kResourceInterval = std::chrono::milliseconds{500};

struct TrafficSample {
  base::Duration at{};
  std::uint64_t opened = 0;  // Connections.
  std::uint64_t failed = 0;
  std::uint64_t open = 0;  // At this instant.
  std::uint64_t sent = 0;  // Messages.
  std::uint64_t received = 0;
  std::uint64_t payload_bytes_sent = 0;
  std::uint64_t payload_bytes_received = 0;
  LatencyRangeCounts latency{};  // Of what was received, measured or not.
};

// What the whole host uses for sockets and the like: both sides' of it, where both are here.
struct HostMemory {
  std::uint64_t available = 0;     // Bytes, here and below; 0 where the kernel does not say.
  std::uint64_t slab = 0;          // The kernel's own objects.
  std::uint64_t slab_sockets = 0;  // Of them: those that connections are made of.
  std::uint64_t tcp_buffers = 0;   // Charged to TCP sockets; in slab or in pages.
  std::uint64_t cgroup = 0;        // All that is charged to the server's group, or else to ours.
};

struct ResourceSample {
  base::Duration at{};
  base::Duration client_cpu{};  // Processor time.
  base::Duration server_cpu{};
  std::uint64_t client_resident = 0;  // At this instant, in bytes, as the rest.
  std::uint64_t server_resident = 0;
  HostMemory host{};
};

struct RunSeries {
  base::Instant began{};
  // What was measured, since `began`; both zero when nothing was.
  base::Duration measured_from{};
  base::Duration measured_to{};
  std::vector<TrafficSample> traffic{};
  std::vector<ResourceSample> resources{};
};

// The traffic of several generators of one run, as one: at the times of the one with the fewest
// samples, of each other what it had counted by then. Resources are the first one's, but for what
// the clients used, which is all theirs.
RunSeries merge_series(std::span<const RunSeries> parts);

}  // namespace loadgen
