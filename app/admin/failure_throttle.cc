#include "app/admin/failure_throttle.h"

namespace app {

namespace {

constexpr std::chrono::seconds kWindow{1};

}  // namespace

bool FailureThrottle::is_closed_out(const std::string& address, Instant now) const {
  const std::lock_guard lock(mutex_);
  const Failures* failures = by_address_.peek(address);
  return failures != nullptr && now - failures->since < kWindow &&
         failures->count >= kAdminFailuresPerSecondMost;
}

void FailureThrottle::count(const std::string& address, Instant now) {
  const std::lock_guard lock(mutex_);
  const Failures* before = by_address_.peek(address);
  const bool goes_on = before != nullptr && now - before->since < kWindow;
  const Failures failures = goes_on ? Failures{before->since, before->count + 1} : Failures{now, 1};
  by_address_.put(address, failures);
}

}  // namespace app
