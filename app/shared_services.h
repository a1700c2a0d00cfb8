// SharedServices: what all shards of the gateway share: who may come, what was taken, what time it
// is, and how to have something done on another shard.
//
// Made before the shards and outlives them. Threads: any; each part says how for itself.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <utility>
#include <vector>

#include "app/auth/authenticator.h"
#include "app/auth/failed_attempts.h"
#include "app/auth/revocations.h"
#include "app/auth/role_changes.h"
#include "app/config/options.h"
#include "app/limits/limiter.h"
#include "app/native/policy_board.h"
#include "app/telemetry/log_sampling.h"
#include "app/telemetry/wall_clock.h"
#include "engine/shard/posted_tasks.h"
#include "engine/shard/shard.h"

namespace app {

class NativeGateway;

// To be done on a shard's thread. Where what it is about is gone by then, it does nothing.
using ShardTask = std::function<void(NativeGateway&)>;

// The shards' lists of tasks.
//
// Services answer when they can, also when the shards have ended: end() says from when on nobody
// may touch these any more. Bound: kPostedTasksDefault tasks a shard; of what is owed, as many as
// whoever owes it allows.
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

struct SharedServices {
  // `seed`: random, another in each life of the process.
  SharedServices(const Options& options, std::uint64_t seed)
      : failed_attempts(options.auth.failures_per_minute, seed),
        log_sampling({.one_connection_in = options.log_sample}),
        epoch(seed) {}

  ShardPosts posts{};
  PolicyBoard policies{};  // Empty until the first reload.
  LimitTables limit_tables{};
  FailedAttempts failed_attempts;
  Revocations revocations{};
  RoleChanges role_changes{};
  WallClock clock{};
  LogSampling log_sampling;
  std::uint64_t epoch;  // See engine::RoomOptions.
};

}  // namespace app
