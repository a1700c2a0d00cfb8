// SeriesRecorder: looks at a run every so often while it lasts, and keeps what it saw over time.
//
// It only reads: the shards' counters, which any thread may read, and /proc. So a message costs the
// shards nothing for it but counting its latency a second time. Main thread only; whoever waits
// there calls look() at due(). Bound: that of RunSeries, taken at begin(). When full, the intervals
// double.
#pragma once

#include <optional>
#include <span>

#include "base/time.h"
#include "loadgen/host_probe.h"
#include "loadgen/load_shard.h"
#include "loadgen/process_probe.h"
#include "loadgen/series/bounded_series.h"
#include "loadgen/series/run_series.h"

namespace loadgen {

class SeriesRecorder {
 public:
  // The shards and the probes must outlive it.
  SeriesRecorder(std::span<LoadShard* const> shards, const ProcessProbe& client,
                 const std::optional<ProcessProbe>& server, const HostProbe& host);

  void begin(base::Instant now);
  base::Instant due() const noexcept;
  // Takes what is due.
  void look(base::Instant now);
  // What was measured, if anything.
  void set_measured(base::Instant from, base::Instant to) noexcept;
  // Takes a last sample of everything, and gives all of them away.
  RunSeries end(base::Instant now);

 private:
  TrafficSample traffic() const;
  ResourceSample resources() const;

  std::span<LoadShard* const> shards_;
  const ProcessProbe& client_;
  const std::optional<ProcessProbe>& server_;
  const HostProbe& host_;
  BoundedSeries<TrafficSample> traffic_;
  BoundedSeries<ResourceSample> resources_;
  base::Instant measured_from_{};
  base::Instant measured_to_{};
};

}  // namespace loadgen
