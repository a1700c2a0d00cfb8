// Client: what the gateway knows of one connection besides its WebSocket: who it is and how long.
//
// One per native session of a shard, in its Clients. Threads: the shard's own. Bound: about 300
// bytes and the texts of its token; what many have in common is shared (Grants).
#pragma once

#include <cstdint>
#include <string>

#include "app/auth/grants.h"
#include "app/limits/limiter.h"
#include "base/slot_map.h"
#include "engine/io/peer_address.h"
#include "engine/session/session.h"

namespace app {

enum class ClientState : std::uint8_t {
  asking,   // Its token is being checked; it is no WebSocket yet.
  present,  // It takes part.
  leaving,  // It is being closed.
};

struct Client {
  engine::SessionId session{};
  SharedGrants grants{};
  std::string user{};
  std::string display_name{};
  std::string token_id{};
  engine::PeerAddress address{};  // Of the client, also behind a proxy.
  std::uint64_t user_hash = 0;    // Of tenant and user.
  std::uint64_t tenant_hash = 0;
  std::int64_t issued_at = 0;  // Seconds since 1970, as those of Identity.
  std::int64_t expires_at = 0;
  std::int64_t connected_at_ms = 0;  // Since 1970.
  std::uint64_t arrival = 0;         // Those of the shard are numbered as they are let in.
  ConnectionBuckets buckets{};
  std::uint64_t bytes_in = 0;
  std::uint32_t messages_in = 0;
  std::uint32_t round_trip_us = 0;  // 0: not measured yet.
  std::uint32_t renewals = 0;       // Of its token.
  base::Handle next_of_user{};      // Another connection of the same user here,
  base::Handle previous_of_user{};  // in a chain that the last to come begins.
  std::uint16_t rooms = 0;          // That it joined itself.
  std::uint16_t joins_pending = 0;
  std::uint8_t typing_in = 0;    // Rooms.
  std::uint8_t events_held = 0;  // That wait for the access service.
  bool refreshing = false;       // A token for it is being checked.
  ClientState state = ClientState::asking;
};

}  // namespace app
