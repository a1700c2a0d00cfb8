// Clock: the time line of the shards, for the thread that starts and stops them.
//
// The load generator always runs against the kernel, whose driver takes its instants from
// CLOCK_MONOTONIC; so instants of this clock and of any shard may be compared. Any thread.
#pragma once

#include <ctime>

#include "base/time.h"

namespace loadgen {

inline base::Instant monotonic_now() noexcept {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return base::Instant{std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec}};
}

}  // namespace loadgen
