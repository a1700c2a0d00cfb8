// MemoryWatch: a shard's part in keeping the memory budget: it counts what the shard holds, learns
// what all hold, and sets the level that sessions and rooms act upon.
//
// Called once per turn. Threads: the shard's own; counters are readable from any. Bound: it looks
// at all shards' figures once per kMemoryLookPause, and at the level `close` it closes one session
// per look. Invariant: with no limit it does nothing.
#pragma once

#include "base/counter.h"
#include "engine/room/rooms.h"
#include "engine/session/memory_budget.h"
#include "engine/session/sessions.h"
#include "engine/shard/shard.h"

namespace engine {

struct MemoryCounters {
  base::Gauge held_bytes;
  base::Gauge level;
  base::Counter level_changes;
  base::Counter closed;  // Sessions that were closed to free memory.
};

class MemoryWatch {
 public:
  MemoryWatch(Shard& shard, Sessions& sessions, Rooms& rooms, MemoryBudget& budget)
      : shard_(shard), sessions_(sessions), rooms_(rooms), budget_(budget) {}

  void look(base::Instant now);
  base::Instant next_deadline() const noexcept { return next_look_; }
  // What other shards have not taken yet is a large part of too much: read nothing meanwhile.
  bool holds_input() const noexcept { return holds_input_; }
  const MemoryCounters& counters() const noexcept { return counters_; }

 private:
  std::uint64_t held() noexcept;
  void set_level(MemoryLevel level);

  Shard& shard_;
  Sessions& sessions_;
  Rooms& rooms_;
  MemoryBudget& budget_;
  MemoryLevel level_ = MemoryLevel::normal;
  base::Instant looked_at_{};
  std::uint64_t looked_at_bytes_ = 0;
  base::Instant next_look_ = base::kForever;
  bool holds_input_ = false;
  MemoryCounters counters_;
};

}  // namespace engine
