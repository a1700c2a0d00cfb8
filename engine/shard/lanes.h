// Lanes: all the rings between the shards of a group, and who of them sleeps.
//
// One SpscRing for every ordered pair of shards, and one flag a shard that says whether it waits in
// the kernel. Pages of lanes that nobody uses are never touched. Threads: each ring has one
// producer and one consumer; the flags are for all. Bound: kLaneEntries per lane, shards squared
// lanes. Invariant: a shard that sleeps with a message in a lane has been rung, or is being rung by
// the sender; both sides use read-modify-writes on the flag, so neither can miss the other.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/limits.h"
#include "base/mapped_array.h"
#include "base/result.h"
#include "engine/shard/shard_message.h"
#include "engine/shard/spsc_ring.h"

namespace engine {

using Lane = SpscRing<ShardMessage, base::kLaneEntries>;

class Lanes {
 public:
  base::Status open(std::uint32_t shards);

  Lane& lane(std::uint32_t from, std::uint32_t to) noexcept { return lanes_[from * shards_ + to]; }
  std::uint32_t shards() const noexcept { return shards_; }

  // A shard has sent its own sessions away. It goes on turning until all have, because others may
  // still publish to rooms whose home it is. Each shard says so once.
  void leave() noexcept { left_.fetch_add(1, std::memory_order_relaxed); }
  bool all_left() const noexcept { return left_.load(std::memory_order_relaxed) == shards_; }

  // How many connections a shard has, as it last said.
  std::uint32_t population(std::uint32_t shard) const noexcept {
    return populations_[shard].connections.load(std::memory_order_relaxed);
  }
  void set_population(std::uint32_t shard, std::uint32_t connections) noexcept {
    populations_[shard].connections.store(connections, std::memory_order_relaxed);
  }

  // The shard is about to wait: from now on senders ring. It must look into its lanes once more.
  void fall_asleep(std::uint32_t shard) noexcept {
    static_cast<void>(sleepers_[shard].asleep.exchange(true, std::memory_order_acq_rel));
  }
  void wake_up(std::uint32_t shard) noexcept {
    sleepers_[shard].asleep.store(false, std::memory_order_relaxed);
  }
  // After a push: true for the one sender that has to ring.
  bool must_ring(std::uint32_t shard) noexcept {
    return sleepers_[shard].asleep.exchange(false, std::memory_order_acq_rel);
  }

 private:
  struct alignas(64) Sleeper {
    std::atomic<bool> asleep;
  };

  struct alignas(64) Population {
    std::atomic<std::uint32_t> connections;
  };

  std::uint32_t shards_ = 0;
  std::atomic<std::uint32_t> left_{0};
  base::MappedArray<Lane> lanes_;
  base::MappedArray<Sleeper> sleepers_;
  base::MappedArray<Population> populations_;
};

}  // namespace engine
