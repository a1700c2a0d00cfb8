#include "app/telemetry/shard_watch.h"

namespace app {

ShardWatch::ShardWatch(const ShardPosts& posts)
    : posts_(posts), unanswered_(std::make_shared<std::atomic<std::uint32_t>>(0)) {}

bool ShardWatch::look(base::Instant now, base::Duration period) {
  if (now < next_ || unanswered_->load(std::memory_order_acquire) > 0) return false;
  next_ = now + period;
  ask_all();
  return true;
}

// The answer may come when we are gone; the count outlives us for that.
void ShardWatch::ask_all() {
  unanswered_->store(posts_.shards(), std::memory_order_relaxed);
  for (std::uint32_t shard = 0; shard < posts_.shards(); ++shard) {
    static_cast<void>(posts_.post(shard, [count = unanswered_](NativeGateway&) {
      count->fetch_sub(1, std::memory_order_release);
    }));
  }
}

}  // namespace app
