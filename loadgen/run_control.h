// RunControl: what the main thread tells the shards of a run: when to start and when to stop.
//
// Two instants, each set once; the main thread rings the shards after setting one. Threads: set by
// the main thread, read by all shards.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/time.h"

namespace loadgen {

class RunControl {
 public:
  void set_start(base::Instant at) noexcept { start_.store(at, std::memory_order_relaxed); }
  void set_stop(base::Instant at) noexcept { stop_.store(at, std::memory_order_relaxed); }
  base::Instant start() const noexcept { return start_.load(std::memory_order_relaxed); }
  base::Instant stop() const noexcept { return stop_.load(std::memory_order_relaxed); }

 private:
  std::atomic<base::Instant> start_{base::kForever};
  std::atomic<base::Instant> stop_{base::kForever};
};

}  // namespace loadgen
