// ShardPosts: how to have something done on a shard's thread, from any other.
//
// The shards' lists of tasks. Services answer when they can, also when the shards have ended: end()
// says from when on nobody may touch these any more. Threads: any; add() before the shards run.
// Bound: kPostedTasksDefault tasks a shard; of what is owed, as many as whoever owes it allows.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <shared_mutex>
#include <utility>
#include <vector>

#include "engine/shard/posted_tasks.h"
#include "engine/shard/shard.h"

namespace app {

class NativeGateway;

// Where what it is about is gone by then, it does nothing.
using ShardTask = std::function<void(NativeGateway&)>;

class ShardPosts {
 public:
  using Tasks = engine::PostedTasks<NativeGateway>;

  // Before the shards run.
  void add(Tasks& tasks, engine::Shard& shard) { posts_.push_back({&tasks, &shard}); }
  std::uint32_t shards() const noexcept { return static_cast<std::uint32_t>(posts_.size()); }
  // False when the shard has too many tasks, or has ended: then it will not be done.
  bool post(std::uint32_t shard, ShardTask task) const {
    return post_by(&Tasks::push, shard, std::move(task));
  }
  // An answer that somebody on the shard waits for, or what an operator must be able to count on:
  // false only when the shard has ended. The caller bounds how many there are.
  bool post_owed(std::uint32_t shard, ShardTask task) const {
    return post_by(&Tasks::push_owed, shard, std::move(task));
  }
  // Every shard turns soon, whether or not it has a task.
  void wake_all() const {
    const std::shared_lock lock(mutex_);
    if (ended_) return;
    for (const Post& post : posts_) post.shard->driver().wake_from_outside();
  }
  // Before the shards are destroyed. Waits for those who are posting.
  void end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }

 private:
  struct Post {
    Tasks* tasks;
    engine::Shard* shard;
  };

  bool post_by(Tasks::Pushed (Tasks::*push)(ShardTask), std::uint32_t shard, ShardTask task) const {
    const std::shared_lock lock(mutex_);
    if (ended_) return false;
    const Post& to = posts_[shard];
    const Tasks::Pushed pushed = (to.tasks->*push)(std::move(task));
    if (pushed.ring) to.shard->driver().wake_from_outside();
    return pushed.result == Tasks::Result::posted;
  }

  std::vector<Post> posts_;
  mutable std::shared_mutex mutex_;
  bool ended_ = false;  // Under the mutex.
};

}  // namespace app
