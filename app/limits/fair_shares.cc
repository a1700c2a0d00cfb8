#include "app/limits/fair_shares.h"

#include <algorithm>
#include <cmath>

#include "app/gateway_limits.h"

namespace app {

namespace {

// Half of what a tenant stays active for: it counts in the window it spoke in, and the next.
constexpr base::Duration kWindow = std::chrono::milliseconds{500};
// Weights are whole numbers inside, so that sums of them are exact.
constexpr double kWeightUnit = 1000;

std::uint32_t window_of(base::Instant now) noexcept {
  // The first is not 0, which is the word of a slot that was never used.
  return static_cast<std::uint32_t>(now.time_since_epoch() / kWindow) + 2;
}

std::uint32_t whole(double weight) noexcept {
  return static_cast<std::uint32_t>(
      std::clamp(std::round(weight * kWeightUnit), 1.0, kTenantWeightMost * kWeightUnit));
}

}  // namespace

void FairShares::Sums::add(std::uint32_t window, std::uint32_t weight) noexcept {
  std::atomic<std::uint64_t>& sum = sums_[window % kWindows];
  std::uint64_t before = sum.load();
  std::uint64_t after = 0;
  do {
    const auto of_sum = static_cast<std::uint32_t>(before >> 32);
    if (of_sum > window) return;  // A clock that is two seconds late; its window is forgotten.
    const std::uint64_t others = of_sum == window ? before & UINT32_MAX : 0;
    after = (std::uint64_t{window} << 32) | std::min<std::uint64_t>(others + weight, UINT32_MAX);
  } while (!sum.compare_exchange_weak(before, after));
}

std::uint32_t FairShares::Sums::of(std::uint32_t window) const noexcept {
  const std::uint64_t sum = sums_[window % kWindows].load();
  return (sum >> 32) == window ? static_cast<std::uint32_t>(sum) : 0;
}

FairShares::FairShares() : last_windows_(kTenantSlots), guaranteed_(kTenantSlots) {}

// The weights of whoever spoke in the last window, and of those who came in this one.
std::uint32_t FairShares::active_weight(std::uint64_t tenant, std::uint32_t weight,
                                        base::Instant now) noexcept {
  const std::uint32_t window = window_of(now);
  KeyedWords::Slot& slot = last_windows_.slot(tenant, std::int64_t{window} - 2);
  std::int64_t last = slot.word.load();
  while (last < std::int64_t{window}) {
    if (!slot.word.compare_exchange_weak(last, window)) continue;
    spoke_.add(window, weight);
    if (last + 1 < std::int64_t{window}) new_since_.add(window, weight);
    break;
  }
  return std::max(weight, spoke_.of(window - 1) + new_since_.of(window));
}

// `must`: the tenant's own share granted it already, so others go without if there is no room.
bool FairShares::take_of_total(const Pace& pace, bool must, base::Instant now) noexcept {
  std::int64_t full_at = total_full_at_.load();
  std::int64_t after = 0;
  do {
    const PaceStep step = take_step(full_at, pace, 1, now);
    if (step.wait > base::Duration::zero() && !must) return false;
    after = std::max(full_at, now.time_since_epoch().count()) + pace.cost(1);
  } while (!total_full_at_.compare_exchange_weak(full_at, after));
  return true;
}

base::Duration FairShares::take(std::uint64_t tenant, double weight, const Rate& total,
                                base::Instant now) noexcept {
  const Pace pace = Pace::of(total);
  if (!pace.limits()) return {};
  const std::uint32_t own = whole(weight);
  const double share = static_cast<double>(own) / active_weight(tenant, own, now);
  const Rate guaranteed{.per_second = total.per_second * share, .burst = total.burst * share};
  const base::Duration wait = guaranteed_.take(tenant, Pace::of(guaranteed), 1, now);
  const bool is_granted = wait == base::Duration::zero();
  if (take_of_total(pace, is_granted, now)) return {};
  return wait;
}

}  // namespace app
