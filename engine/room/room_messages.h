// Room messages: the seven things that shards say to each other about rooms.
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
//   numbered     from home  target: the awaited answer, number, source.index: parts to come
//   counted      to publisher  target: the awaited answer, source.index: queued,
//                           source.generation: conflated, number: dropped
//
// `detail` is the opcode, and kNoEcho if the session is not to get its own message. Where it has
// kKeyed, the parcel begins with the eight octets of the message's key; where it has kAnswered,
// eight octets follow that name the awaited answer at the publisher's shard.
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

enum class RoomMessage : std::uint8_t {
  subscribe,
  subscribed,
  unsubscribe,
  publish,
  deliver,
  numbered,
  counted,
};

inline constexpr std::uint8_t kNoEcho = 0x80;
inline constexpr std::uint8_t kKeyed = 0x40;
inline constexpr std::uint8_t kAnswered = 0x20;
inline constexpr std::uint8_t kOpcodeBits = 0x0F;

// What a room is told, apart from the bytes: who publishes what, across shards.
struct Publication {
  std::uint16_t shard = 0;
  SessionId session{};
  protocol::Opcode opcode = protocol::Opcode::text;
  bool echo = true;
  std::uint64_t key = 0;  // In a `latest` room: what it is the newest value of.
  base::Handle answer{};  // What the publisher's shard calls the answer that it awaits; or null.

  std::uint8_t detail() const noexcept {
    const auto code = static_cast<std::uint32_t>(opcode);
    return static_cast<std::uint8_t>(code | (echo ? 0U : kNoEcho) | (key == 0 ? 0U : kKeyed) |
                                     (answer ? kAnswered : 0U));
  }
  // What precedes the message in its parcel.
  std::size_t head_bytes() const noexcept {
    return (key == 0 ? 0 : sizeof key) + (answer ? sizeof answer : 0);
  }
  void write_head(std::span<std::byte> head) const noexcept {
    if (key != 0) base::store_big64(head.data(), key);
    if (!answer) return;
    const std::uint64_t packed = std::uint64_t{answer.index} << 32U | answer.generation;
    base::store_big64(head.last<sizeof packed>().data(), packed);
  }
};

inline base::Handle as_handle(SessionId id) noexcept { return {id.slot, id.generation}; }
inline SessionId as_session(base::Handle handle) noexcept {
  return {handle.index, handle.generation};
}

inline Publication publication_of(const ShardMessage& message) noexcept {
  Publication publication{.shard = message.sender,
                          .session = as_session(message.source),
                          .opcode = static_cast<protocol::Opcode>(message.detail & kOpcodeBits),
                          .echo = (message.detail & kNoEcho) == 0};
  const std::byte* head = message.parcel->bytes().data();
  if ((message.detail & kKeyed) != 0) {
    publication.key = base::load_big64(head);
    head += sizeof publication.key;
  }
  if ((message.detail & kAnswered) != 0) {
    const std::uint64_t packed = base::load_big64(head);
    publication.answer = {.index = static_cast<std::uint32_t>(packed >> 32U),
                          .generation = static_cast<std::uint32_t>(packed)};
  }
  return publication;
}

}  // namespace engine
