// Lanes: all the rings between the shards of a group, and who of them sleeps.
//
// One SpscRing for every ordered pair of shards; for each shard a bit per sender that has put
// something into its lane, so that nobody looks into empty lanes; and one flag that says whether it
// waits in the kernel. Pages of lanes that nobody uses are never touched. Threads: each ring has
// one producer and one consumer; the flags are for all. Bound: kLaneEntries per lane, shards
// squared lanes. Invariant: a shard that sleeps with a message in a lane has been rung, or is being
// rung by the sender; both sides use read-modify-writes on the flag, so neither can miss the other.
#pragma once

#include <array>
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
    static_cast<void>(doors_[shard].asleep.exchange(true, std::memory_order_acq_rel));
  }
  void wake_up(std::uint32_t shard) noexcept {
    doors_[shard].asleep.store(false, std::memory_order_relaxed);
  }
  // After pushes: the receiver will look into the lane.
  void announce(std::uint32_t from, std::uint32_t to) noexcept {
    static_cast<void>(doors_[to].senders[from / 64].fetch_or(std::uint64_t{1} << (from % 64),
                                                             std::memory_order_acq_rel));
  }
  // Senders with numbers [64 * word, 64 * word + 64) that announced something since the last call.
  std::uint64_t take_announced(std::uint32_t shard, std::uint32_t word) noexcept {
    std::atomic<std::uint64_t>& senders = doors_[shard].senders[word];
    if (senders.load(std::memory_order_relaxed) == 0) return 0;
    return senders.exchange(0, std::memory_order_acq_rel);
  }
  bool anything_announced(std::uint32_t shard) const noexcept {
    for (const auto& senders : doors_[shard].senders) {
      if (senders.load(std::memory_order_acquire) != 0) return true;
    }
    return false;
  }
  std::uint32_t words() const noexcept { return (shards_ + 63) / 64; }

  // After announcing: true for the one sender that has to ring.
  bool must_ring(std::uint32_t shard) noexcept {
    return doors_[shard].asleep.exchange(false, std::memory_order_acq_rel);
  }

 private:
  struct alignas(64) Door {
    std::atomic<bool> asleep;
    std::array<std::atomic<std::uint64_t>, (base::kShardsMost + 63) / 64> senders;
  };

  struct alignas(64) Population {
    std::atomic<std::uint32_t> connections;
  };

  std::uint32_t shards_ = 0;
  std::atomic<std::uint32_t> left_{0};
  base::MappedArray<Lane> lanes_;
  base::MappedArray<Door> doors_;
  base::MappedArray<Population> populations_;
};

}  // namespace engine
