// RetryPolicy: how long a client that could not connect waits before it tries again.
//
// Exponential backoff with full jitter: any time up to base x 2^attempt, capped, so that clients
// that were dropped together do not come back together. A server that says when (Retry-After) is
// obeyed: not before, and up to half as long again after. Plain value, one thread.
#pragma once

#include <cstdint>

#include "base/prng.h"
#include "base/time.h"

namespace loadgen {

struct RetryOptions {
  base::Duration base = std::chrono::milliseconds{100};
  base::Duration cap = std::chrono::seconds{10};
};

class RetryPolicy {
 public:
  RetryPolicy(const RetryOptions& options, std::uint64_t seed) : options_(options), prng_(seed) {}

  // After `attempts` failures in a row, at least one; the last may have told when to come again.
  base::Duration wait(std::uint32_t attempts, base::Duration told) noexcept {
    return told > base::Duration::zero() ? after(told) : backoff(attempts);
  }
  base::Duration backoff(std::uint32_t attempts) noexcept;
  // After a refusal that names a time.
  base::Duration after(base::Duration told) noexcept;

 private:
  RetryOptions options_;
  base::Prng prng_;
};

}  // namespace loadgen
