// TokenBucket: at most so many of something per second, and a burst after a lull.
//
// Time is handed in, so that a simulated world can own it. Threads: the shard's own. Bound: `burst`
// tokens. A rate of zero is no limit.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/time.h"

namespace engine {

class TokenBucket {
 public:
  TokenBucket(std::uint64_t per_second, std::uint64_t burst)
      : interval_(interval_of(per_second)),
        most_ahead_(interval_ * static_cast<std::int64_t>(burst)) {}

  bool take(base::Instant now) noexcept {
    if (interval_ == base::Duration{}) return true;
    full_at_ = std::max(full_at_, now);
    if (full_at_ + interval_ > now + most_ahead_) return false;
    full_at_ += interval_;
    return true;
  }
  // Between two tokens in the long run; zero without a limit.
  base::Duration interval() const noexcept { return interval_; }
  // When take() will say yes again, after it said no.
  base::Instant next() const noexcept { return full_at_ + interval_ - most_ahead_; }

 private:
  static base::Duration interval_of(std::uint64_t per_second) noexcept {
    if (per_second == 0) return {};
    const base::Duration second = std::chrono::seconds{1};
    return std::max(base::Duration{1}, second / static_cast<std::int64_t>(per_second));
  }

  base::Duration interval_;
  base::Duration most_ahead_;  // A full bucket's worth of time.
  base::Instant full_at_{};    // When the bucket will be full again.
};

}  // namespace engine
