// Time: the types of instants and durations, without any way to ask what time it is.
//
// Time is a value handed down from the driver of a shard, so that a simulation can own it; hence
// MonotonicClock has no now(). Durations count nanoseconds in 64 bits, which is 292 years either
// way; kForever is the deadline that never comes, and must not be added to.
#pragma once

#include <chrono>
#include <cstdint>
#include <ratio>

namespace base {

using Duration = std::chrono::nanoseconds;

// Names the time line that an Instant is on: steady, with an origin of the driver's choosing.
struct MonotonicClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<MonotonicClock, duration>;
  static constexpr bool is_steady = true;
};

using Instant = std::chrono::time_point<MonotonicClock, Duration>;

inline constexpr Instant kForever = Instant::max();

static_assert(sizeof(Instant) == sizeof(std::int64_t), "an instant is one register");

constexpr double to_seconds(Duration duration) noexcept {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace base
