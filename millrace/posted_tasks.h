// PostedTasks: what other threads want done on one shard's thread, in the order in which they came.
//
// push() from any thread, run() from the shard's own. Bound: `most` waiting tasks, further ones are
// refused and counted. A turn without tasks costs one relaxed load. Invariant: whoever pushes to an
// empty queue is told to ring, so that a sleeping shard hears of it and a running one is rung once.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "base/counter.h"
#include "millrace/server.h"

namespace millrace {

class PostedTasks {
 public:
  explicit PostedTasks(std::uint32_t most) : most_(most) {}

  struct Pushed {
    PostResult result;
    bool ring = false;  // The shard does not know yet that there is something.
  };
  Pushed push(Task task);
  // Runs at most `budget` of them. True when some are left.
  bool run(Shard& shard, std::uint32_t budget);
  // From now on nothing is taken, and what waits is dropped.
  void end();

  std::uint64_t tasks_run() const noexcept { return run_.value(); }
  std::uint64_t tasks_refused() const noexcept { return refused_.load(std::memory_order_relaxed); }

 private:
  bool take();

  const std::uint32_t most_;
  std::mutex mutex_;
  std::vector<Task> waiting_;  // Under the mutex.
  bool ended_ = false;         // Under the mutex.
  std::atomic<bool> some_wait_{false};
  std::atomic<std::uint64_t> refused_{0};

  // The shard's own.
  std::vector<Task> taken_;
  std::size_t next_ = 0;
  base::Counter run_;
};

}  // namespace millrace
