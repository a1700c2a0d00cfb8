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
// `detail` is the opcode, and kNoEcho if the session is not to get its own message. Where it has
// kKeyed, the parcel begins with the eight octets of the message's key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/slot_map.h"
#include "engine/session/session.h"
#include "engine/shard/shard_message.h"
#include "protocol/opcode.h"

namespace engine {

enum class RoomMessage : std::uint8_t { subscribe, subscribed, unsubscribe, publish, deliver };

inline constexpr std::uint8_t kNoEcho = 0x80;
inline constexpr std::uint8_t kKeyed = 0x40;
inline constexpr std::uint8_t kOpcodeBits = 0x0F;

// What a room is told, apart from the bytes: who publishes what, across shards.
struct Publication {
  std::uint16_t shard = 0;
  SessionId session{};
  protocol::Opcode opcode = protocol::Opcode::text;
  bool echo = true;
  std::uint64_t key = 0;  // In a `latest` room: what it is the newest value of.

  std::uint8_t detail() const noexcept {
    const auto code = static_cast<std::uint32_t>(opcode);
    return static_cast<std::uint8_t>(code | (echo ? 0U : kNoEcho) | (key == 0 ? 0U : kKeyed));
  }
  // What precedes the message in its parcel.
  std::size_t head_bytes() const noexcept { return key == 0 ? 0 : sizeof key; }
  void write_head(std::span<std::byte> head) const noexcept {
    if (key != 0) base::store_big64(head.data(), key);
  }
};

inline base::Handle as_handle(SessionId id) noexcept { return {id.slot, id.generation}; }
inline SessionId as_session(base::Handle handle) noexcept {
  return {handle.index, handle.generation};
}

inline Publication publication_of(const ShardMessage& message) noexcept {
  const bool keyed = (message.detail & kKeyed) != 0;
  return {.shard = message.sender,
          .session = as_session(message.source),
          .opcode = static_cast<protocol::Opcode>(message.detail & kOpcodeBits),
          .echo = (message.detail & kNoEcho) == 0,
          .key = keyed ? base::load_big64(message.parcel->bytes().data()) : 0};
}

}  // namespace engine
