#include "loadgen/retry_policy.h"

#include <algorithm>

#include "base/check.h"

namespace loadgen {

namespace {

// Of what the server named, spread over so much more.
constexpr int kToldJitterDivisor = 2;

}  // namespace

base::Duration RetryPolicy::backoff(std::uint32_t attempts) noexcept {
  CHECK(attempts > 0);
  base::Duration longest = options_.base;
  for (std::uint32_t i = 1; i < attempts && longest < options_.cap; ++i) longest *= 2;
  longest = std::min(longest, options_.cap);
  return base::Duration{
      static_cast<std::int64_t>(prng_.below(static_cast<std::uint64_t>(longest.count()) + 1))};
}

base::Duration RetryPolicy::after(base::Duration told) noexcept {
  const auto more = static_cast<std::uint64_t>(told.count() / kToldJitterDivisor);
  return told + base::Duration{static_cast<std::int64_t>(prng_.below(more + 1))};
}

}  // namespace loadgen
