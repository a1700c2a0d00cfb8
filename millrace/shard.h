// Shard: what a handler may do on its shard: answer, send, close, join, leave and publish.
//
// A shard is one thread with connections of its own; a Handler gets the Shard that it lives on, and
// both live as long as the Server. Threads: the shard's own alone, which is where handlers and
// posted tasks run; other threads go through Server::post(). What is sent leaves together at the
// end of the turn. An id of another shard, or of somebody who is gone, does nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "millrace/session.h"

namespace millrace {

class EmbeddedShard;  // The library's own.

class Shard {
 public:
  explicit Shard(EmbeddedShard& self) noexcept : self_(self) {}
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  std::uint32_t number() const noexcept;  // From 0.
  std::uint32_t shards() const noexcept;

  // ---- One session ------------------------------------------------------------------------------

  bool is_open(SessionId id) const noexcept;
  // What its Answer set; 0 for one who is gone.
  std::uint64_t context(SessionId id) const noexcept;
  // The bytes are copied. Text must be valid UTF-8.
  SendResult send(SessionId id, Kind kind, std::span<const std::byte> bytes);
  SendResult send_text(SessionId id, std::string_view text);
  // Starts the close handshake, which ends within close_timeout. The code is one that may travel
  // (RFC 6455 7.4: 1000 to 1003, 1007 to 1014, 3000 to 4999), the reason at most 123 bytes of
  // UTF-8; otherwise nothing happens, and the answer is false.
  bool close(SessionId id, std::uint16_t code, std::string_view reason);
  // Drops the connection without a word.
  void abort(SessionId id);
  // End the wait of a session whose Answer was pending.
  void admit(SessionId id);
  void refuse(SessionId id, std::uint16_t status, std::string_view reason);

  // ---- Rooms, over all shards -------------------------------------------------------------------

  // A room exists while it has members. Its members, on whatever shards, all hear its messages in
  // one order. Joining twice is joining once. To let nobody in who might miss a message, join in
  // on_request(), answer pending while the join is pending, and admit() in on_joined().
  JoinResult join(SessionId id, std::string_view room, Echo echo = Echo::on);
  void leave(SessionId id, RoomId room);
  // To all members. False when the session is not one. The bytes are copied; text must be valid
  // UTF-8. For a member that reads too slowly the room's policy holds (Options::room_policies), and
  // the others do not notice. `key`: in a latest room the message takes the place of earlier ones
  // with its key. `ticket`, if not 0: on_published() tells with it what became of the message.
  bool publish(SessionId id, RoomId room, Kind kind, std::span<const std::byte> bytes,
               std::uint64_t key = 0, std::uint64_t ticket = 0);

 private:
  EmbeddedShard& self_;
};

}  // namespace millrace
