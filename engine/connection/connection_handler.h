// ConnectionHandler: who hears of connections: the session layer of the same shard.
//
// Connections calls these on the shard's thread, within its turn. Every connection that began with
// on_accepted() or on_connected() ends with exactly one on_released(), after which its slot may
// name another. Handlers may send, finish and abort from within any of these.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/connection/connection.h"
#include "engine/io/outcome.h"
#include "engine/io/peer_address.h"

namespace engine {

class ConnectionHandler {
 public:
  virtual ~ConnectionHandler() = default;

  // `peer`: who connected.
  virtual void on_accepted(ConnectionId id, const PeerAddress& peer) = 0;
  // `token` is what connect() was given.
  virtual void on_connected(ConnectionId id, std::uint32_t token) = 0;
  virtual void on_connect_failed(std::uint32_t token, Outcome outcome) = 0;
  // These two only where hand_over() is used.
  // Another shard handed it over, by this ticket of its own. Nothing is received before
  // start_receiving().
  virtual void on_arrived(ConnectionId /*id*/, std::uint32_t /*from*/, std::uint32_t /*ticket*/) {}
  // hand_over() succeeded: the other shard has it, and ours is to be aborted. Or it failed, and
  // start_receiving() goes on here.
  virtual void on_handed_over(ConnectionId /*id*/, bool /*done*/) {}
  // The bytes may be changed in place; they are gone after the call.
  virtual void on_received(ConnectionId id, std::span<std::byte> bytes) = 0;
  // The peer sends no more (success), or the connection failed. It is finished, or aborted, next.
  virtual void on_ended(ConnectionId id, Outcome outcome) = 0;
  virtual void on_released(ConnectionId id) = 0;
  // A watched connection's queue has drained to the mark, and it is watched no longer. Only to be
  // noted: this comes while completions are dispatched.
  virtual void on_drained(ConnectionId /*id*/) {}
};

}  // namespace engine
