// WallClock: what time it is for people and tokens, from the shards' monotonic clock.
//
// Shards have only the time of their driver; the main thread says now and then how far that is from
// 1970, so that a clock that is set is followed within a second. Any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "base/time.h"

namespace app {

class WallClock {
 public:
  // The monotonic `now` is `unix_ms` milliseconds after 1970.
  void set(base::Instant now, std::int64_t unix_ms) noexcept {
    offset_ms_.store(unix_ms - milliseconds_of(now), std::memory_order_relaxed);
  }
  std::int64_t unix_ms(base::Instant now) const noexcept {
    return offset_ms_.load(std::memory_order_relaxed) + milliseconds_of(now);
  }
  // When it will be so late: the monotonic time of a wall time. Never, where an Instant, which
  // counts nanoseconds, does not reach: after some 290 years.
  base::Instant instant_of(std::int64_t unix_ms) const noexcept {
    const std::int64_t ms = unix_ms - offset_ms_.load(std::memory_order_relaxed);
    if (ms >= milliseconds_of(base::kForever)) return base::kForever;
    return base::Instant{} + std::chrono::milliseconds{ms};
  }

 private:
  static std::int64_t milliseconds_of(base::Instant now) noexcept {
    return std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count();
  }

  std::atomic<std::int64_t> offset_ms_{0};
};

}  // namespace app
