// RoomOptions: the policies of rooms and the limits that they keep.
//
// Filled from the operator's flags; the same for all shards of a group, which is what makes them
// agree on each room. Plain values.
#pragma once

#include <cstdint>

#include "base/limits.h"
#include "engine/room/history_options.h"
#include "engine/room/room_policy.h"

namespace engine {

struct RoomOptions {
  PolicyTable policies;
  // A member of a `latest` room for whom more waits is given no more until less does.
  std::uint64_t conflate_above_bytes = base::kConflateAboveBytesDefault;
  // For a member of an `ephemeral` room for whom more waits messages are dropped.
  std::uint64_t drop_above_bytes = base::kDropAboveBytesDefault;
  // Keys whose newest values a `latest` room keeps on a shard for those who lag.
  std::uint32_t keys_per_room_max = base::kKeysPerRoomDefault;
  HistoryOptions history{};
  // Another in each life of the process, so that nobody takes new numbers for old ones.
  std::uint64_t epoch = 0;
};

}  // namespace engine
