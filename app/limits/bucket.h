// Bucket: a token bucket of one owner in eight bytes, for records that there are a million of.
//
// The pace is the caller's, and may change from one call to the next. Asking and taking are two
// steps, so that what another bucket refuses takes nothing from this one. One thread owns it.
#pragma once

#include <cstdint>

#include "app/limits/pace.h"
#include "base/time.h"

namespace app {

class Bucket {
 public:
  // Zero when take() may follow; else how long until it may.
  base::Duration wait(const Pace& pace, double amount, base::Instant now) const noexcept {
    if (!pace.limits()) return {};
    return take_step(full_at_, pace, amount, now).wait;
  }
  void take(const Pace& pace, double amount, base::Instant now) noexcept {
    if (pace.limits()) full_at_ = take_step(full_at_, pace, amount, now).full_at;
  }

 private:
  std::int64_t full_at_ = 0;  // Nanoseconds of the monotonic clock.
};

static_assert(sizeof(Bucket) == 8, "every connection has four of them");

}  // namespace app
