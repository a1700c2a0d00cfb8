// MemoryBudget: what all shards together hold for their peers, and how near that is to the limit.
//
// Each shard stores its own figure and reads the sum; nobody waits for anybody. Counted is what
// grows with load: payloads, slices, parcels, partial messages, handshakes. Threads: any; each
// figure has one writer. Bound: kShardsMost figures. A limit of zero is no limit.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "base/limits.h"

namespace engine {

// What is done, each including what precedes it. A level is left only some way below where it
// began.
enum class MemoryLevel : std::uint8_t {
  normal,
  refuse,    // New connections are refused with 503.
  conflate,  // Rooms that may leave messages out do so for everybody who has anything queued.
  close,     // The sessions that hold most are closed with 1013.
};

class MemoryBudget {
 public:
  explicit MemoryBudget(std::uint64_t limit) : limit_(limit) {}

  bool limited() const noexcept { return limit_ > 0; }
  std::uint64_t limit() const noexcept { return limit_; }
  void set(std::uint32_t shard, std::uint64_t bytes) noexcept {
    shards_[shard].bytes.store(bytes, std::memory_order_relaxed);
  }
  std::uint64_t held(std::uint32_t shards) const noexcept {
    std::uint64_t sum = 0;
    for (std::uint32_t i = 0; i < shards; ++i) {
      sum += shards_[i].bytes.load(std::memory_order_relaxed);
    }
    return sum;
  }
  // The level for so much, where `now` holds at present.
  MemoryLevel level(std::uint64_t held, MemoryLevel now) const noexcept;

 private:
  struct alignas(64) Figure {
    std::atomic<std::uint64_t> bytes{0};
  };

  std::uint64_t limit_;
  std::array<Figure, base::kShardsMost> shards_{};
};

}  // namespace engine
