// Pace: a Rate made ready for the generic cell rate algorithm, and one step of that algorithm.
//
// A bucket is then one number: the instant, in nanoseconds, at which it will be full again. What is
// past is a full bucket, so nothing has to be refilled or swept. Pure functions, any thread; time
// is handed in. Costs are rounded up, so that never more is granted than rate * time + burst. (The
// engine's TokenBucket keeps its rate itself, in 24 bytes; here thousands of buckets share one.)
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "app/limits/limit_options.h"
#include "base/time.h"

namespace app {

struct Pace {
  double interval_ns = 0;     // Between two tokens in the long run; 0: no limit.
  std::int64_t depth_ns = 0;  // Of a full bucket.

  static Pace of(const Rate& rate) noexcept {
    if (rate.per_second <= 0) return {};
    const double interval = 1e9 / rate.per_second;
    return {.interval_ns = interval,
            .depth_ns = bounded(std::floor(interval * std::max(rate.burst, 1.0)))};
  }

  bool limits() const noexcept { return interval_ns > 0; }
  std::int64_t cost(double amount) const noexcept {
    return bounded(std::ceil(interval_ns * amount));
  }

 private:
  // Half of what would let an instant overflow, when two of them are added to it.
  static std::int64_t bounded(double nanoseconds) noexcept {
    constexpr double kMost = 0x1p60;
    return static_cast<std::int64_t>(std::min(nanoseconds, kMost));
  }
};

struct PaceStep {
  std::int64_t full_at = 0;  // Unchanged when it is refused.
  base::Duration wait{};     // 0: granted. Else how long until it would be.
};

// What exceeds a whole burst is let through by a full bucket, and paid off afterwards; else it
// could never pass.
inline PaceStep take_step(std::int64_t full_at, const Pace& pace, double amount,
                          base::Instant now) noexcept {
  const std::int64_t at = now.time_since_epoch().count();
  const std::int64_t start = std::max(full_at, at);
  const std::int64_t cost = pace.cost(amount);
  const std::int64_t over = start - at + std::min(cost, pace.depth_ns) - pace.depth_ns;
  if (over > 0) return {.full_at = full_at, .wait = base::Duration{over}};
  return {.full_at = start + cost};
}

}  // namespace app
