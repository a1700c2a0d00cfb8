// HistoryOptions: how much the homes of rooms keep of what was said, and for how long.
//
// Filled from the operator's settings; the same for all shards of a group. Plain values.
#pragma once

#include <cstdint>

#include "base/limits.h"
#include "base/time.h"

namespace engine {

struct HistoryOptions {
  std::uint32_t messages_per_room = 0;  // 0: no history.
  std::uint64_t bytes_per_room = base::kHistoryRoomBytesDefault;
  // Of all rooms that are at home on one shard.
  std::uint64_t bytes_total = base::kHistoryTotalBytesDefault;
  base::Duration keep_for = std::chrono::minutes{5};
};

}  // namespace engine
