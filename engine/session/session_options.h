// SessionOptions: the limits and timeouts that hold for every session of a shard.
//
// Filled from the operator's flags; the same for all shards of a group. Plain values.
#pragma once

#include <cstdint>

#include "base/limits.h"
#include "base/time.h"

namespace engine {

struct SessionOptions {
  std::uint64_t message_bytes_max = base::kMessageBytesDefault;
  std::uint64_t send_queue_bytes_max = base::kSendQueueBytesDefault;
  base::Duration handshake_timeout = base::kHandshakeTimeoutDefault;
  base::Duration close_timeout = base::kCloseTimeoutDefault;
  // A session from which nothing came for so long is pinged; without a pong it is dropped at the
  // next interval. Zero: never.
  base::Duration heartbeat_interval = base::kHeartbeatIntervalDefault;
  // A session that sent no message for so long is closed. Zero: never.
  base::Duration idle_timeout = base::Duration::zero();
  // Handshakes that a shard begins per second; zero: no limit.
  std::uint64_t handshakes_per_second = 0;
  // A connection may move to the shard where the room that it asks for is at home.
  bool relocate = true;
};

}  // namespace engine
