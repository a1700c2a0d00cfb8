// Native messages: what the native gateways of two shards say to each other, beside the rooms.
//
// Plain names for ShardMessage's fields; the kinds are apart from those of engine/room and
// engine/session. A message of a user or connection is about one tenant: the parcel names it, and
// who is of another is not found.
//
//   user_arrived, user_left      to the user's home
//       number: the user's hash
//   user_excess                  to the shard of the user's last arrival
//       number: the hash of the user, who has more connections than one may have
//   user_send                    to the user's home
//       sender: of whom the message is, source: its session, which is left out (or kNobody),
//       target: the awaited answer, parcel: Addressed
//   user_deliver                 from there to each shard that has connections of the user
//       the same
//   connection_send              to the connection's shard
//       number: the connection's slot and generation, else as user_send
//   parts_are                    to the sender
//       target: the awaited answer, number: how many shards will count
//   was_here                     to the sender
//       target: the awaited answer of a retry, which goes no further
//   reached                      to the sender
//       target: the awaited answer, number: connections
//   member_joined, member_left   to the room's home
//       target: what the home calls the room
//   receipt                      to the sender's shard
//       target: the message's record, detail: ReceiptKind, number: the hash of the user who reads
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/shard/parcel.h"
#include "protocol/opcode.h"

namespace app {

enum class NativeMessage : std::uint8_t {
  user_arrived = 0x40,
  user_left,
  user_excess,
  user_send,
  user_deliver,
  connection_send,
  parts_are,
  was_here,
  reached,
  member_joined,
  member_left,
  receipt,
};

constexpr bool is_native_message(std::uint8_t kind) noexcept {
  return kind >= static_cast<std::uint8_t>(NativeMessage::user_arrived) &&
         kind <= static_cast<std::uint8_t>(NativeMessage::receipt);
}

// What a parcel to somebody holds: the message's opcode, the lengths of the names, the names, and
// the message. Its sender calls it `id`, by which a retry to a user is known.
struct Addressed {
  std::string_view tenant{};
  std::string_view user{};  // Empty for a connection.
  std::string_view id{};    // Empty for one that may be sent again.
  std::span<const std::byte> message{};
  protocol::Opcode opcode = protocol::Opcode::text;

  engine::Parcel* make_parcel(engine::ParcelPool& pool) const;
  static Addressed read(std::span<const std::byte> parcel) noexcept;
};

}  // namespace app
