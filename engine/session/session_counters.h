// SessionCounters: what a shard's sessions did, for the metrics page. Written by the shard,
// readable from any thread at any time; each figure only grows, but for the gauges.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/counter.h"
#include "engine/session/session.h"
#include "protocol/violation.h"

namespace engine {

struct SessionCounters {
  base::Gauge open;
  base::Counter opened;
  base::Counter requests;
  base::Counter messages_received;
  base::Counter message_bytes_received;
  base::Counter messages_sent;  // Those sent to one session; fan-outs count their own.
  base::Counter message_bytes_sent;
  base::Counter pings_sent;
  base::Counter pongs_received;
  base::Counter pings_answered;
  base::Counter pongs_superseded;  // Times that waiting pongs gave way to a newer one.
  base::Counter close_timeouts;    // Close handshakes that the peer did not finish.
  base::Counter stalls;            // Times that the shard was not run, and peers were excused.
  base::Counter messages_dropped;  // Could not be queued: the queue was full.
  base::Counter accepts_rested;    // Times that accepting rested for want of a handshake's budget.
  std::array<base::Counter, kCloseReasonCount> closed;
  std::array<base::Counter, protocol::kViolationCount> violations;
};

// snake_case, for metrics and logs.
std::string_view name(CloseReason reason) noexcept;

}  // namespace engine
