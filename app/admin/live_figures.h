// LiveFigures: what the live page draws, as JSON (docs/SERVER_API.md).
//
// Totals, of which the page makes rates; only the shards' busy shares and the latencies are of the
// last seconds. Any thread but a shard's, several at once: asks the shards for the largest rooms
// and the slowest connections.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "app/admin/recent_octaves.h"
#include "app/shard_posts.h"
#include "app/telemetry/pages.h"
#include "engine/room/delivery_latency.h"

namespace app {

class LiveFigures {
 public:
  LiveFigures(const ShardPosts& posts, const Pages& pages);

  std::string json();

 private:
  // Of one shard, when it was last looked at.
  struct Look {
    std::uint64_t busy_ns = 0;
    std::int64_t at_ns = 0;
    double share = 0;
  };

  // Under the mutex.
  double busy_share(std::size_t shard, std::uint64_t busy_ns);
  nlohmann::json latency(const std::vector<Metrics::ShardParts>& shards);

  const ShardPosts& posts_;
  const Pages& pages_;
  std::int64_t started_ns_;
  std::mutex mutex_;
  // Under the mutex.
  std::vector<Look> looks_;
  std::array<RecentOctaves, engine::kLatencyStages.size()> latency_;
};

}  // namespace app
