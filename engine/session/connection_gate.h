// ConnectionGate: how many connections, and how much for them, the whole process may hold, counted
// over all its shards.
//
// A shard asks before a connection becomes a session; over the limit the peer is answered with 503
// and Retry-After. Threads: any; one relaxed atomic, touched once per connection, never per
// message. Invariant: every successful enter() is followed by one leave().
#pragma once

#include <atomic>
#include <cstdint>

#include "engine/session/memory_budget.h"

namespace engine {

class ConnectionGate {
 public:
  // `memory_limit`: of what all shards hold for their peers; zero: none.
  explicit ConnectionGate(std::uint64_t limit, std::uint64_t memory_limit = 0)
      : limit_(limit), memory_(memory_limit) {}

  [[nodiscard]] bool enter() noexcept {
    if (inside_.fetch_add(1, std::memory_order_relaxed) < limit_) return true;
    inside_.fetch_sub(1, std::memory_order_relaxed);
    return false;
  }
  // For connections that we open ourselves: counted, never refused.
  bool enter_always() noexcept {
    inside_.fetch_add(1, std::memory_order_relaxed);
    return true;
  }
  void leave() noexcept { inside_.fetch_sub(1, std::memory_order_relaxed); }

  std::uint64_t inside() const noexcept { return inside_.load(std::memory_order_relaxed); }
  std::uint64_t limit() const noexcept { return limit_; }
  MemoryBudget& memory() noexcept { return memory_; }
  const MemoryBudget& memory() const noexcept { return memory_; }

 private:
  std::atomic<std::uint64_t> inside_{0};
  std::uint64_t limit_;
  MemoryBudget memory_;
};

}  // namespace engine
