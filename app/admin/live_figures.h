// LiveFigures: what the live page draws, as JSON (docs/SERVER_API.md).
//
// Totals, of which the page makes rates; only the shards' busy shares are of the time since the
// last look. Any thread but a shard's, several at once: asks the shards for the largest rooms and
// the slowest connections.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "app/shared_services.h"
#include "app/telemetry/pages.h"
#include "base/time.h"

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

  double busy_share(std::size_t shard, std::uint64_t busy_ns);

  const ShardPosts& posts_;
  const Pages& pages_;
  std::int64_t started_ns_;
  std::mutex mutex_;
  std::vector<Look> looks_;  // Under the mutex.
};

}  // namespace app
