// PostedTasks: what other threads want done on one shard's thread, in the order in which they came.
//
// For what happens seldom: a server API's wishes, the answer of a service. push() from any thread,
// run() from the shard's own. Bound: `most` waiting tasks, further ones are refused and counted;
// what push_owed() adds is bounded by who owes it, and refused only when the shard has ended. A
// turn without tasks costs one relaxed load. Invariant: whoever pushes to an empty queue is told to
// ring, so that a sleeping shard hears of it and a running one is rung once.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "base/counter.h"

namespace engine {

// `Target`: what a task is given, on the shard's thread.
template <typename Target>
class PostedTasks {
 public:
  using Task = std::function<void(Target&)>;

  explicit PostedTasks(std::uint32_t most) : most_(most) {}

  enum class Result : std::uint8_t { posted, full, ended };
  struct Pushed {
    Result result;
    bool ring = false;  // The shard does not know yet that there is something.
  };
  Pushed push(Task task) { return add(std::move(task), most_); }
  // For what somebody on the shard counts on, such as the answer to its own question: it must not
  // be lost to a crowd of other tasks. Whoever owes it bounds how many there are.
  Pushed push_owed(Task task) { return add(std::move(task), UINT32_MAX); }

  // Runs at most `budget` of them. True when some are left.
  bool run(Target& target, std::uint32_t budget) {
    while (budget > 0 && take()) {
      const Task task = std::exchange(taken_[next_++], nullptr);
      task(target);
      run_.add();
      --budget;
    }
    return budget == 0 && take();
  }

  // From now on nothing is taken, and what waits is dropped.
  void end() {
    std::vector<Task> dropped;  // Destroyed outside of the lock: they may hold anything.
    const std::lock_guard lock(mutex_);
    ended_ = true;
    std::swap(dropped, waiting_);
  }

  std::uint64_t tasks_run() const noexcept { return run_.value(); }
  std::uint64_t tasks_refused() const noexcept { return refused_.load(std::memory_order_relaxed); }

 private:
  Pushed add(Task task, std::uint32_t most) {
    const std::lock_guard lock(mutex_);
    if (ended_ || waiting_.size() >= most) {
      refused_.fetch_add(1, std::memory_order_relaxed);
      return {.result = ended_ ? Result::ended : Result::full};
    }
    waiting_.push_back(std::move(task));
    some_wait_.store(true, std::memory_order_relaxed);
    return {.result = Result::posted, .ring = waiting_.size() == 1};
  }

  // The ring that follows a push wakes the shard after the push, so a relaxed look is enough.
  bool take() {
    if (next_ < taken_.size()) return true;
    if (!some_wait_.load(std::memory_order_relaxed)) return false;
    taken_.clear();
    next_ = 0;
    const std::lock_guard lock(mutex_);
    std::swap(taken_, waiting_);
    some_wait_.store(false, std::memory_order_relaxed);
    return !taken_.empty();
  }

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

}  // namespace engine
