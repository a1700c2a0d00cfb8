// Sweep: visits every slot of a table once per interval, evenly, without a timer per connection.
//
// step() says which slots are due now; the caller visits them. The heartbeat is one, the waves of a
// drain are another. Threads: the shard's own. Bound: kSweepPerTurn slots a step; a sweep that is
// behind catches up over the following turns.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/limits.h"
#include "base/time.h"

namespace engine {

class Sweep {
 public:
  struct Range {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    bool behind = false;  // More is due already.
  };

  // A zero interval never sweeps.
  explicit Sweep(base::Duration interval) : interval_(interval) {}

  void start(base::Instant now) {
    started_ = now;
    running_ = interval_ > base::Duration::zero();
  }

  // Slots [begin, end) are due at `now`, of a table that has `slots` slots.
  Range step(base::Instant now, std::uint32_t slots) {
    if (!running_) return {};
    slots_ = slots;
    const std::uint64_t due = due_by(now, slots);
    Range range{.begin = cursor_, .end = cursor_};
    if (due > cursor_) {
      const std::uint64_t wanted = std::min<std::uint64_t>(due, slots);
      range.end = static_cast<std::uint32_t>(
          std::min<std::uint64_t>(wanted, std::uint64_t{cursor_} + base::kSweepPerTurn));
      range.behind = range.end < wanted;
      cursor_ = range.end;
    }
    if (now - started_ >= interval_ && cursor_ >= slots) {
      cursor_ = 0;
      started_ = now;
    }
    return range;
  }

  // When the next slots are due: a step is small, for a crowd that is pinged at once is a stall.
  base::Instant next(base::Instant now) const {
    if (!running_) return base::kForever;
    const std::uint32_t steps = std::max(base::kSweepSteps, slots_ / base::kSweepSlotsPerStep);
    return now + std::max<base::Duration>(interval_ / steps, base::kSweepPauseLeast);
  }

 private:
  std::uint64_t due_by(base::Instant now, std::uint32_t slots) const {
    const double part = base::to_seconds(now - started_) / base::to_seconds(interval_);
    return static_cast<std::uint64_t>(std::min(part, 1.0) * slots);
  }

  base::Duration interval_;
  base::Instant started_{};
  std::uint32_t cursor_ = 0;
  std::uint32_t slots_ = 0;  // Of the table, when it was last looked at.
  bool running_ = false;
};

}  // namespace engine
