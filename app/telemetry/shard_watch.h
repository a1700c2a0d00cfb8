// ShardWatch: whether every shard still takes turns, for the service manager's watchdog.
//
// Each shard is asked to answer, and is asked again only when it has. Threads: the main thread's;
// the answers are the shards'. Bound: one task a shard.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "app/shard_posts.h"
#include "base/time.h"

namespace app {

class ShardWatch {
 public:
  explicit ShardWatch(const ShardPosts& posts);

  // True once in `period`, if every shard has answered since the last time.
  bool look(base::Instant now, base::Duration period);

 private:
  void ask_all();

  const ShardPosts& posts_;
  std::shared_ptr<std::atomic<std::uint32_t>> unanswered_;
  base::Instant next_{};
};

}  // namespace app
