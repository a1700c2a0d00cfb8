// PolicyBoard: the policy that is in force, where every shard sees it in its next turn.
//
// A reload puts a new one here and wakes the shards. No list that may be full stands between: a
// shard compares a number each turn, which costs one load, and takes the policy when it differs; of
// several that were put meanwhile, the last. Threads: put() the main thread's; take() any.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace app {

struct Policy;

class PolicyBoard {
 public:
  void put(std::shared_ptr<const Policy> policy) {
    const std::lock_guard lock(mutex_);
    policy_ = std::move(policy);
    version_.fetch_add(1, std::memory_order_release);
  }
  // Null unless one was put since `seen`, which is the caller's to keep and begins at 0.
  std::shared_ptr<const Policy> take(std::uint64_t& seen) const {
    if (version_.load(std::memory_order_relaxed) == seen) return nullptr;
    const std::lock_guard lock(mutex_);
    seen = version_.load(std::memory_order_relaxed);
    return policy_;
  }

 private:
  std::atomic<std::uint64_t> version_{0};
  mutable std::mutex mutex_;
  std::shared_ptr<const Policy> policy_;  // Under the mutex.
};

}  // namespace app
