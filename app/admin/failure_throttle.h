// FailureThrottle: counts wrong keys per address and says when an address has had too many.
//
// So many failures within a second close an address out until the second is over, whatever key it
// shows then: guessing must not go on in the shade of good requests. Any thread of the admin
// server. Bound: kAdminFailureAddressesMost addresses, the least recent goes.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

namespace app {

class FailureThrottle {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  bool is_closed_out(const std::string& address, Instant now) const;
  void count(const std::string& address, Instant now);

 private:
  struct Entry {
    std::string address{};
    Instant since{};
    std::uint32_t failures = 0;
  };

  mutable std::mutex mutex_;
  std::list<Entry> recent_first_;
  std::unordered_map<std::string, std::list<Entry>::iterator> by_address_;
};

}  // namespace app
