#include "engine/room/memory_watch.h"

#include "base/limits.h"

namespace engine {

std::uint64_t MemoryWatch::held() noexcept {
  const SendPools& pools = shard_.connections().pools();
  return pools.payloads.bytes_in_use() + pools.slices.bytes_in_use() + sessions_.held_bytes() +
         shard_.parcels().bytes() + shard_.mailbox().waiting_bytes();
}

void MemoryWatch::look(base::Instant now) {
  if (!budget_.limited()) return;
  const std::uint64_t mine = held();
  budget_.set(shard_.number(), mine);
  counters_.held_bytes.set(mine);
  if (now - looked_at_ < base::kMemoryLookPause) {
    // The shard may go to sleep after this turn: what is much more must be looked at all the same.
    const bool much = mine > looked_at_bytes_ + budget_.limit() / base::kMemoryMuchPart;
    if (much) next_look_ = looked_at_ + base::kMemoryLookPause;
    return;
  }
  looked_at_ = now;
  looked_at_bytes_ = mine;
  set_level(budget_.level(budget_.held(shard_.shards()), level_));
  next_look_ = level_ == MemoryLevel::normal ? base::kForever : now + base::kMemoryLookPause;
  if (level_ == MemoryLevel::normal) return;
  shard_.parcels().reclaim();
  const std::uint64_t part = budget_.limit() / base::kMemoryParcelsPart / shard_.shards();
  holds_input_ = level_ >= MemoryLevel::conflate && shard_.parcels().bytes() > part;
  if (level_ == MemoryLevel::close && sessions_.close_largest()) counters_.closed.add();
}

void MemoryWatch::set_level(MemoryLevel level) {
  if (level == level_) return;
  level_ = level;
  holds_input_ = false;
  counters_.level_changes.add();
  counters_.level.set(static_cast<std::uint64_t>(level));
  sessions_.set_memory_level(level);
  rooms_.set_memory_level(level);
}

}  // namespace engine
