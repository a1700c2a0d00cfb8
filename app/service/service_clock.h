// Service clock: what time it is on a service thread, and on the main thread.
//
// Shards get theirs from the driver, so that a simulation owns it; these threads wait for the real
// world anyway, and read its clocks here. Any thread but a shard's.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/time.h"

namespace app {

inline base::Instant steady_now() {
  return base::Instant{std::chrono::steady_clock::now().time_since_epoch()};
}

// Seconds since 1970.
inline std::int64_t unix_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(since).count();
}

// Milliseconds since 1970.
inline std::int64_t unix_ms_now() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

}  // namespace app
