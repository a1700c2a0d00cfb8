// ReturnSchedule: when those who found no budget are asked to come back: one after the other, at
// the rate of the budget.
//
// Each books a place behind those refused before it, so that a small crowd is back soon, and a
// large one does not come back at once and in vain. Nobody is held to its place: who comes may be
// refused again, and books again. Time is handed in. Threads: the shard's own. Bound:
// kRetryAfterSecondsMost, beyond which all are told the same.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/limits.h"
#include "base/time.h"

namespace engine {

class ReturnSchedule {
 public:
  // `pace`: the time between two of them.
  explicit ReturnSchedule(base::Duration pace) : pace_(pace) {}

  // The whole seconds after which one more is to come, at least one.
  std::uint32_t book(base::Instant now) noexcept {
    const base::Instant latest = now + std::chrono::seconds{base::kRetryAfterSecondsMost};
    booked_ = std::clamp(booked_ + pace_, now + std::chrono::seconds{1}, latest);
    const auto whole = std::chrono::ceil<std::chrono::seconds>(booked_ - now);
    return static_cast<std::uint32_t>(whole.count());
  }

 private:
  base::Duration pace_;
  base::Instant booked_{};  // The place of the last one.
};

}  // namespace engine
