#include "app/admin/failure_throttle.h"

#include "app/config/gateway_limits.h"
#include "base/check.h"

namespace app {

namespace {

constexpr std::chrono::seconds kWindow{1};

}  // namespace

bool FailureThrottle::is_closed_out(const std::string& address, Instant now) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_address_.find(address);
  if (found == by_address_.end()) return false;
  const Entry& entry = *found->second;
  return now - entry.since < kWindow && entry.failures >= kAdminFailuresPerSecondMost;
}

void FailureThrottle::count(const std::string& address, Instant now) {
  const std::lock_guard lock(mutex_);
  const auto found = by_address_.find(address);
  if (found != by_address_.end()) {
    Entry& entry = *found->second;
    if (now - entry.since >= kWindow) entry = {address, now, 0};
    ++entry.failures;
    recent_first_.splice(recent_first_.begin(), recent_first_, found->second);
    return;
  }
  if (by_address_.size() == kAdminFailureAddressesMost) {
    by_address_.erase(recent_first_.back().address);
    recent_first_.pop_back();
  }
  recent_first_.push_front({address, now, 1});
  by_address_.emplace(address, recent_first_.begin());
  CHECK(by_address_.size() == recent_first_.size());
}

}  // namespace app
