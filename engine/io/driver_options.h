// DriverOptions: how large a world one shard asks for. Each figure bounds memory taken at start.
//
// Filled by ShardGroup from the operator's flags; the defaults serve a shard that owns a core.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/limits.h"
#include "base/time.h"

namespace engine {

struct DriverOptions {
  std::uint32_t shard = 0;           // Its own number, for messages and for ring().
  std::uint32_t descriptors = 4096;  // Connections at most.
  // Those that one ring's table holds; beyond, the shard has several rings. 0: what the host
  // allows.
  std::uint32_t descriptors_per_ring = 0;
  std::uint32_t submissions = base::kSubmissionQueueEntries;
  std::uint32_t completions = base::kCompletionQueueEntries;
  // Of each size, a power of two; where a shard has several rings, of each.
  std::uint32_t receive_buffers = base::kReceiveBuffersDefault;
  std::uint32_t receive_buffer_bytes = base::kReceiveBufferBytesDefault;  // Of a large one.
  std::uint32_t listen_backlog = base::kListenBacklog;
  // After something came, a turn that slept waits so long for more: fewer turns, and that latency.
  base::Duration gather{};
  std::uint64_t seed = 1;  // For random(); masking keys and nothing secret.

  constexpr std::uint32_t small_receive_buffer_bytes() const noexcept {
    return std::min(receive_buffer_bytes, base::kSmallReceiveBufferBytes);
  }
};

}  // namespace engine
