// Room messages: the five things that shards say to each other about rooms.
//
// A room's home shard numbers its messages; other shards subscribe to it for their own members. All
// of a room's traffic between two shards goes through one lane each way, so the order in which the
// home speaks is the order in which each subscriber hears. Plain names for ShardMessage's fields.
//
//   subscribe    to home    source: room here, parcel: its name
//   subscribed   from home  target: room here, source: room at home, number: its last message's
//   unsubscribe  to home    target: room at home, source: room here
//   publish      to home    target: room at home, source: the session, detail, parcel
//   deliver      from home  target: room there, source: the session, sender: its shard, detail,
//                           number, parcel
//
// `detail` is the opcode, and kNoEcho if the session is not to get its own message.
#pragma once

#include <cstdint>

#include "base/slot_map.h"
#include "engine/session/session.h"
#include "engine/shard/shard_message.h"
#include "protocol/opcode.h"

namespace engine {

enum class RoomMessage : std::uint8_t { subscribe, subscribed, unsubscribe, publish, deliver };

inline constexpr std::uint8_t kNoEcho = 0x80;

// What a room is told, apart from the bytes: who publishes what, across shards.
struct Publication {
  std::uint16_t shard = 0;
  SessionId session{};
  protocol::Opcode opcode = protocol::Opcode::text;
  bool echo = true;

  std::uint8_t detail() const noexcept {
    const auto code = static_cast<std::uint8_t>(opcode);
    return static_cast<std::uint8_t>(echo ? code : code | kNoEcho);
  }
};

inline base::Handle as_handle(SessionId id) noexcept { return {id.slot, id.generation}; }
inline SessionId as_session(base::Handle handle) noexcept {
  return {handle.index, handle.generation};
}

inline Publication publication_of(const ShardMessage& message) noexcept {
  return {.shard = message.sender,
          .session = as_session(message.source),
          .opcode = static_cast<protocol::Opcode>(message.detail & ~kNoEcho),
          .echo = (message.detail & kNoEcho) == 0};
}

}  // namespace engine
