// Room messages: the ten things that shards say to each other about rooms.
//
// A room's home shard numbers its messages; other shards subscribe to it for their own members. All
// of a room's traffic between two shards goes through one lane each way, so the order in which the
// home speaks is the order in which each subscriber hears. Plain names for ShardMessage's fields.
//
//   subscribe    to home    source: room here, parcel: its name
//   subscribed   from home  target: room here, source: room at home, number: its last message's,
//                           detail: its mark
//   unsubscribe  to home    target: room at home, source: room here
//   publish      to home    target: room at home, or null if the head names it, source: the
//                           session, detail, parcel
//   deliver      from home  target: room there, source: the session, sender: its shard, detail,
//                           number, parcel
//   numbered     from home  target: the awaited answer, number, source.index: parts to come,
//                           source.generation: 1 for a duplicate
//   counted      to publisher  target: the awaited answer, source.index: queued,
//                           source.generation: conflated, number: dropped
//   recover      to home    target: room here, source: the waiting join, parcel: position and name
//   recovered    from home  target, source: the same; number: the room's last message's,
//                           detail: whether nothing is missing, parcel: recovered_messages.h
//   marked       from home  target: room there, detail: its mark from now on
//
// `detail` of what is published is the opcode, and kNoEcho if the session is not to get its own
// message. Where it has kHasHead, the parcel begins with a head that says more of the message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/slot_map.h"
#include "base/time.h"
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
  recover,
  recovered,
  marked,
};

inline constexpr std::uint8_t kNoEcho = 0x80;
inline constexpr std::uint8_t kHasHead = 0x40;
inline constexpr std::uint8_t kOpcodeBits = 0x0F;

// Of a message that does not hold its own number.
inline constexpr std::uint32_t kNowhere = UINT32_MAX;

// What a room is told, apart from the bytes: who publishes what, across shards.
struct Publication {
  std::uint16_t shard = 0;
  SessionId session{};
  protocol::Opcode opcode = protocol::Opcode::text;
  bool echo = true;
  bool keep = false;                   // In the room's history.
  std::uint32_t number_at = kNowhere;  // Where the message has room for its number.
  std::uint64_t key = 0;               // In a `latest` room: what it is the newest value of.
  base::Handle answer{};  // What the publisher's shard calls the answer that it awaits; or null.
  base::Instant published_at{};  // Of a message whose way is measured; else the origin of time.
  std::string_view id{};         // By which a retry is known; at most kMessageIdBytesMax.
  std::string_view room{};       // Its name, from a publisher whose shard may have no member in it.

  bool has_head() const noexcept {
    return keep || published_at != base::Instant{} || number_at != kNowhere || key != 0 || answer ||
           !id.empty() || !room.empty();
  }
  std::uint8_t detail() const noexcept {
    const auto code = static_cast<std::uint32_t>(opcode);
    return static_cast<std::uint8_t>(code | (echo ? 0U : kNoEcho) | (has_head() ? kHasHead : 0U));
  }
  // What precedes the message in its parcel.
  std::size_t head_bytes() const noexcept {
    return has_head() ? kFixedHeadBytes + id.size() + room.size() : 0;
  }
  void write_head(std::span<std::byte> head) const noexcept;

  // Key, answer, published_at, number_at, keep, and the lengths of id and name.
  static constexpr std::size_t kFixedHeadBytes = 8 + 8 + 8 + 4 + 1 + 1 + 1;
};

inline base::Handle as_handle(SessionId id) noexcept { return {id.slot, id.generation}; }
inline SessionId as_session(base::Handle handle) noexcept {
  return {handle.index, handle.generation};
}

// No session: the publisher is the program itself.
inline constexpr SessionId kNobody{.slot = UINT32_MAX, .generation = 0};

// Of a `publish` or a `deliver`. Views point into its parcel.
Publication publication_of(const ShardMessage& message) noexcept;

}  // namespace engine
