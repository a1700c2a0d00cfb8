// FairShares: what all tenants together may send, divided among those who do, by weight.
//
// A tenant that spoke within the last second has total * weight / (weights of all such) for itself,
// whatever the others do; what some leave unused anybody may have. Any thread, without locks; time
// is handed in. Bound: kTenantSlots tenants at one time.
//
// Accuracy: never more than total * time + 2 bursts + one message for each active tenant. A tenant
// that falls silent counts for up to a second more; until then its part goes to whoever asks first.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "app/limits/keyed_words.h"
#include "app/limits/limit_options.h"
#include "app/limits/shared_buckets.h"
#include "base/time.h"

namespace app {

class FairShares {
 public:
  FairShares();

  // One message of a tenant. Zero: granted. Else how long until its own share has room.
  base::Duration take(std::uint64_t tenant, double weight, const Rate& total,
                      base::Instant now) noexcept;

  std::uint64_t takeovers() const noexcept {
    return last_windows_.takeovers() + guaranteed_.takeovers();
  }

 private:
  // Sums of weights by window of time, the last few: each a window's number and a sum.
  class Sums {
   public:
    void add(std::uint32_t window, std::uint32_t weight) noexcept;
    std::uint32_t of(std::uint32_t window) const noexcept;

   private:
    static constexpr std::uint32_t kWindows = 4;
    std::array<std::atomic<std::uint64_t>, kWindows> sums_{};
  };

  std::uint32_t active_weight(std::uint64_t tenant, std::uint32_t weight,
                              base::Instant now) noexcept;
  bool take_of_total(const Pace& pace, bool must, base::Instant now) noexcept;

  KeyedWords last_windows_;  // When each tenant spoke last.
  SharedBuckets guaranteed_;
  Sums spoke_;      // In that window.
  Sums new_since_;  // Spoke in that window, but not in the one before.
  alignas(64) std::atomic<std::int64_t> total_full_at_{0};
};

}  // namespace app
