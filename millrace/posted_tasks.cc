#include "millrace/posted_tasks.h"

#include <utility>

namespace millrace {

PostedTasks::Pushed PostedTasks::push(Task task) {
  const std::lock_guard lock(mutex_);
  if (ended_ || waiting_.size() >= most_) {
    refused_.fetch_add(1, std::memory_order_relaxed);
    return {.result = ended_ ? PostResult::ended : PostResult::full};
  }
  waiting_.push_back(std::move(task));
  some_wait_.store(true, std::memory_order_relaxed);
  return {.result = PostResult::posted, .ring = waiting_.size() == 1};
}

// The ring that follows a push wakes the shard after the push, so a relaxed look is enough.
bool PostedTasks::take() {
  if (next_ < taken_.size()) return true;
  if (!some_wait_.load(std::memory_order_relaxed)) return false;
  taken_.clear();
  next_ = 0;
  const std::lock_guard lock(mutex_);
  std::swap(taken_, waiting_);
  some_wait_.store(false, std::memory_order_relaxed);
  return !taken_.empty();
}

bool PostedTasks::run(Shard& shard, std::uint32_t budget) {
  while (budget > 0 && take()) {
    const Task task = std::exchange(taken_[next_++], nullptr);
    task(shard);
    run_.add();
    --budget;
  }
  return budget == 0 && take();
}

void PostedTasks::end() {
  std::vector<Task> dropped;  // Destroyed outside of the lock: they may hold anything.
  const std::lock_guard lock(mutex_);
  ended_ = true;
  std::swap(dropped, waiting_);
}

}  // namespace millrace
