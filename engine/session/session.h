// Session: what a shard knows of one WebSocket; a record of the session table, by its connection's
// slot.
//
// An idle session is these 40 bytes and nothing else: the assembler of a message that is partly
// here, or the text of a handshake, exists only while it is needed. Only Sessions changes it.
// Threads: the shard's own. Invariant: `partial` is a Handshake before `open`, an assembler after.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/connection/connection.h"
#include "protocol/close_code.h"

namespace protocol {
class MessageAssembler;
}

namespace engine {

struct Handshake;

// A session is named by its connection: its slot and generation.
using SessionId = ConnectionId;

enum class SessionState : std::uint8_t {
  none,
  refusing,    // Over the limit: the request is awaited only to be answered with 503.
  requesting,  // The request, or as a client the response, is not complete yet.
  pending,     // The handler thinks about the request.
  moving,      // Another shard is being given the connection; its context says which.
  open,
  closing,     // Our close frame is queued; the peer's is awaited.
  discarding,  // The peer broke the protocol or was refused: what it still sends is dropped.
  ending,      // The connection is being closed.
};

// Why a session ended, as it is counted.
enum class CloseReason : std::uint8_t {
  none,
  peer_closed,          // A close frame of the peer's.
  peer_left,            // End of stream without a close frame.
  connection_failed,    // Reset, timed out or the like.
  violation,            // The peer broke the protocol.
  refused,              // The handshake was answered with an HTTP status other than 101.
  served,               // A plain request got the page that it asked for.
  limit_reached,        // Too many connections.
  too_many_handshakes,  // More per second than the budget.
  memory_full,          // Refused, or closed, because the memory budget is used up.
  handshake_timeout,
  heartbeat_timeout,
  idle_timeout,
  send_queue_full,
  draining,
  application,  // The handler asked for it.
  relocated,    // Another shard serves it.
};

inline constexpr std::uint8_t kCloseReasonCount = 17;

struct Session {
  std::uint64_t context;  // The handler's own.
  union {
    Handshake* handshake;
    protocol::MessageAssembler* assembler;
  } partial;
  std::uint32_t attachment;  // The room layer's own: where the session's memberships begin.
  std::uint32_t active_at;   // Seconds since the shard started, at the last message.
  // From here on it is what a delivery touches: 16 bytes, which seldom lie in two cache lines.
  // The bytes of the frames of its messages so far and, in the lowest 16 bits, what on_close() will
  // report: one addition a delivery.
  std::uint64_t bytes_out_and_close_code;
  std::uint32_t messages_out;  // Queued for it so far.
  SessionState state;
  CloseReason close_reason;
  std::uint8_t pinged_tick;  // When our pending ping was sent, as the heartbeat counts.
  bool heard : 1;            // Something came in since the last sweep.
  bool ping_pending : 1;     // A ping of ours awaits its pong.
  bool client : 1;           // We are the client.
  bool opened : 1;           // It became a WebSocket.
  bool counted : 1;          // It is inside the gate.
  bool moved : 1;            // It came from another shard, or could not go: it stays here.
  bool announced : 1;        // The handler knows of it and is owed an on_close().

  std::uint64_t bytes_out() const noexcept { return bytes_out_and_close_code >> 16U; }
  void count_out(std::uint32_t messages, std::uint64_t bytes) noexcept {
    messages_out += messages;
    bytes_out_and_close_code += bytes << 16U;
  }
  // 0 while it is not known.
  std::uint16_t close_code() const noexcept {
    return static_cast<std::uint16_t>(bytes_out_and_close_code);
  }
  void set_close_code(protocol::CloseCode code) noexcept {
    bytes_out_and_close_code = bytes_out() << 16U | static_cast<std::uint16_t>(code);
  }
};

static_assert(sizeof(Session) == 40, "a million of them are 40 MB");
static_assert(offsetof(Session, bytes_out_and_close_code) == 24, "the last 16 bytes");

}  // namespace engine
