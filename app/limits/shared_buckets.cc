#include "app/limits/shared_buckets.h"

namespace app {

base::Duration SharedBuckets::take(std::uint64_t key, const Pace& pace, double amount,
                                   base::Instant now) noexcept {
  if (!pace.limits()) return {};
  while (true) {
    KeyedWords::Slot& slot = words_.slot(key, now.time_since_epoch().count());
    std::int64_t full_at = slot.word.load();
    PaceStep step;
    do {
      step = take_step(full_at, pace, amount, now);
      if (step.wait > base::Duration::zero()) return step.wait;
    } while (!slot.word.compare_exchange_weak(full_at, step.full_at));
    if (KeyedWords::owns(slot, key)) return {};
    // The place changed hands meanwhile: its new owner must not pay for us.
    slot.word.fetch_sub(pace.cost(amount));
  }
}

void SharedBuckets::give_back(std::uint64_t key, const Pace& pace, double amount) noexcept {
  if (!pace.limits()) return;
  if (KeyedWords::Slot* slot = words_.find(key)) slot->word.fetch_sub(pace.cost(amount));
}

}  // namespace app
