// Connection: what a shard knows of one TCP connection; a record of the connection table.
//
// Its slot is its descriptor in the ring's table, so no look-up stands between a completion and its
// connection. Only Connections changes it. Threads: the shard's own. Bound: 32 bytes, plus what its
// send queue holds. Invariant: `state` moves only along the arrows below; a record is free again
// only when nothing is in flight for it.
//
//   free -> open -> finishing -> closing -> free        (finish: what is queued goes out first)
//              \----------------> closing -> free       (abort: at once)
#pragma once

#include <cstdint>

#include "engine/connection/send_queue.h"

namespace engine {

// A connection by name: stale once the connection is gone, because its generation is.
struct ConnectionId {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;

  friend constexpr bool operator==(const ConnectionId&, const ConnectionId&) = default;
};

enum class ConnectionState : std::uint8_t { free, open, finishing, closing };

struct Connection {
  SendQueue queue;
  std::uint32_t generation;  // Of whoever holds the slot now, or will next.
  ConnectionState state;
  bool receiving : 1;  // A receive or a poll is armed,
  bool polling : 1;    // and it is a poll.
  bool single : 1;     // The receive armed last takes one buffer: nothing can come behind it.
  bool sending : 1;    // A send is in flight, or a prompt one not yet known to be over.
  bool prompt : 1;     // That send is a prompt one.
  bool blocked : 1;    // The last one could not send everything: the next one waits.
  bool canceling : 1;  // A cancel is in flight.
  bool leaving : 1;    // Being handed over to another shard.
  bool listed : 1;     // On this turn's flush list.
  bool warm : 1;       // Its receive is a multishot; else it waits on a poll, and receives singly.
  bool active : 1;     // Received something since the last sweep.
  bool woken : 1;      // Received something since it was parked.
  bool large : 1;      // Receives into large buffers: it filled a small one,
  bool bulky : 1;      // and received more than a small one holds since the last sweep.
  bool starved : 1;    // Waits to receive: for want of buffers, or because too much waits already.
  bool paused : 1;     // Not to be read from until it is resumed.
  bool outgoing : 1;   // We connected; else the peer did.
  bool ended : 1;      // The handler knows that the peer sends no more, or that it failed.
  bool watched : 1;    // The handler wants to hear when its queue has drained.

  bool open_as(std::uint32_t its_generation) const noexcept {
    return generation == its_generation && state == ConnectionState::open;
  }
  // A prompt one never does: it is over when its turn has settled.
  bool send_waits() const noexcept { return sending && !prompt; }
  bool quiet() const noexcept { return !receiving && !sending && !canceling && !leaving; }
};

static_assert(sizeof(Connection) == 32, "two connections to a cache line");

}  // namespace engine
