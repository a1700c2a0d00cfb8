// FailureThrottle: counts wrong keys per address and says when an address has had too many.
//
// So many failures within a second close an address out until the second is over, whatever key it
// shows then: guessing must not go on in the shade of good requests. Any thread of the admin
// server. Bound: kAdminFailureAddressesMost addresses, the least recent goes.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "app/gateway_limits.h"
#include "base/lru_map.h"

namespace app {

class FailureThrottle {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  bool is_closed_out(const std::string& address, Instant now) const;
  void count(const std::string& address, Instant now);

 private:
  struct Failures {
    Instant since{};
    std::uint32_t count = 0;
  };

  mutable std::mutex mutex_;
  base::LruMap<std::string, Failures, std::hash<std::string>> by_address_{
      kAdminFailureAddressesMost};
};

}  // namespace app
