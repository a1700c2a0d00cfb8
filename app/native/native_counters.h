// NativeCounters: what one shard counts of native events; summed over the shards for /metrics.
//
// Written by the shard's own thread, read by any. Bound: one counter for each value of an enum.
#pragma once

#include <array>
#include <cstdint>

#include "app/auth/auth_failure.h"
#include "app/events/error_code.h"
#include "app/events/message_kind.h"
#include "base/counter.h"

namespace app {

struct NativeCounters {
  base::Gauge clients;
  base::Counter admitted;  // Who they are was found out, and they were let in.
  std::array<base::Counter, kAuthFailureCount> auth_failures;
  base::Counter address_fields_ignored;  // Handshakes whose proxy is none that we trust.
  std::array<base::Counter, kErrorCodeCount> errors;
  std::array<base::Counter, kMessageKindCount> messages;  // Sent to rooms, by kind.
  base::Counter binary_messages;
  base::Counter control_events;  // All other events that are known.
  base::Counter unknown_events;
  base::Counter targeted;      // To users, connections and tenants.
  base::Counter publications;  // By the server API.
  base::Counter acks_refused;  // Senders told that nothing is known, because too many are owed.
  base::Counter paced;         // Messages that waited for others,
  base::Counter pace_refused;  // and those that went at once, because too much waited.
  base::Counter resumes_cut;   // Resumes whose missed messages did not fit into the send queue.
  base::Counter expired;       // Sessions that ended with their token.
  base::Counter user_excess;   // Ended because their user had too many connections.
  base::Counter refreshed;
  base::Counter revoked;
  base::Counter evictions;  // From rooms, because a right to them was lost.
  base::Counter abusers_closed;
  base::Gauge access_waiting;        // Events that wait for the access service,
  base::Counter access_refused;      // and those that were refused, because too many did.
  base::Counter receipts_evicted;    // Messages whose receipts are not counted any more.
  base::Counter receipts_uncounted;  // Receipts of readers beyond those that are told apart.
  base::Counter typing_dropped;      // Too soon after the last, or in too many rooms.
  base::OctaveCounts connected_ms;   // How long those that have left were there.
};

}  // namespace app
