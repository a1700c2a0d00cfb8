// Session: the plain values by which a handler and its shard speak of sessions, rooms and messages.
//
// Ids are names, not pointers: one whose session or room is gone names nothing, and using it is
// harmless. They may be copied to any thread; they are used on the thread of their own shard.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace millrace {

// One WebSocket of one shard.
struct SessionId {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
  std::uint32_t shard = 0;  // Whose it is: what Server::post() wants to know.

  friend constexpr bool operator==(const SessionId&, const SessionId&) = default;
};

// A room as its members on one shard see it; each shard has an id of its own for a room.
struct RoomId {
  std::uint32_t index = 0;
  std::uint32_t generation = 0;

  friend constexpr bool operator==(const RoomId&, const RoomId&) = default;
};

enum class Kind : std::uint8_t { text, binary };

// A whole message. The bytes lie in a receive buffer: they may be changed in place, and are gone
// when the handler returns.
struct Message {
  Kind kind = Kind::text;
  std::span<std::byte> bytes{};

  // Of a text message: valid UTF-8.
  std::string_view text() const noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
};

enum class SendResult : std::uint8_t {
  queued,
  full,  // Past send_queue_bytes_max: not queued, and the session is being closed with 1013.
  gone,  // The session is not open (any more), or belongs to another shard.
};

enum class JoinStatus : std::uint8_t {
  joined,        // In force: the session gets what is published from now on.
  pending,       // on_joined() or on_join_failed() follows, unless the session ends first.
  full,          // The shard has no place for another room.
  invalid_name,  // Empty, or longer than 255 bytes.
};

struct JoinResult {
  JoinStatus status = JoinStatus::pending;
  RoomId room{};
};

// What became of a message that was published with a ticket. Each member that was matched is one of
// queued, conflated and dropped; its publisher counts where it hears itself.
struct PublishAnswer {
  std::uint64_t number = 0;     // The message's in its room; 0: the room had ended.
  std::uint32_t matched = 0;    // Members on all shards.
  std::uint32_t queued = 0;     // Sent, unless the connection fails.
  std::uint32_t conflated = 0;  // Held back in a latest room: this or a newer value follows.
  std::uint32_t dropped = 0;    // Left out, or too slow, or closing.
  std::uint32_t remote = 0;     // Matched on other shards than the publisher's.
  bool known = true;            // False: too many answers were awaited; nothing is known.
};

// Whether a session gets the messages that it publishes itself.
enum class Echo : std::uint8_t { off, on };

// Why a session ended, as it is counted.
enum class CloseReason : std::uint8_t {
  none,
  peer_closed,          // A close frame of the peer's.
  peer_left,            // End of stream without a close frame.
  connection_failed,    // Reset, timed out or the like.
  violation,            // The peer broke the protocol.
  refused,              // The handshake was answered with a status other than 101.
  served,               // A plain request got its page; never seen by a handler.
  limit_reached,        // More than connections_max.
  too_many_handshakes,  // More per second than the budget.
  memory_full,          // Refused, or closed, because the memory budget is used up.
  handshake_timeout,
  heartbeat_timeout,
  idle_timeout,
  send_queue_full,
  draining,
  application,  // The handler asked for it.
  relocated,    // Moved to another shard while it was being opened; never seen by a handler.
};

inline constexpr std::size_t kCloseReasons = 17;

// snake_case, for logs and metrics.
std::string_view name(CloseReason reason) noexcept;

struct CloseInfo {
  CloseReason reason = CloseReason::none;
  std::uint16_t code = 0;     // Of the close frame that ended it; 1006 if there was none.
  bool opened = false;        // It had become a WebSocket, and on_open() was called.
  std::uint64_t context = 0;  // What its Answer set.
};

}  // namespace millrace
