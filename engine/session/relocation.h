// Relocation: which shard should serve a connection, and the letters that follow it there.
//
// During its opening handshake a connection may move to another shard: the driver hands its
// descriptor over, and a letter through the lanes says who the peer is and what it has sent so far.
// Either may arrive first. Used by Sessions alone. A room whose members all fit one shard so never
// leaves it; a shard whose table is full passes on what it accepts. Threads: the shard's own.
// Bound: a waiting entry per connection that is on its way here.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>

#include "engine/session/connection_gate.h"
#include "engine/session/handshake.h"
#include "engine/session/session.h"
#include "engine/shard/shard.h"
#include "engine/shard/shard_message.h"

namespace engine {

// What sessions of different shards say to each other. Rooms have the numbers below.
//
//   relocated  number: the ticket, parcel: the peer's address, then what it has sent; none: it is
//              to be dropped
inline constexpr std::uint8_t kRelocated = 0x80;

class Relocation {
 public:
  Relocation(Shard& shard, const ConnectionGate& gate, bool enabled)
      : shard_(shard), gate_(gate), enabled_(enabled && shard.shards() > 1) {}
  ~Relocation();
  Relocation(const Relocation&) = delete;
  Relocation& operator=(const Relocation&) = delete;

  // True when `wanted` is another shard that has not yet more than its share of the connections.
  bool better_on(std::uint32_t wanted) const noexcept;
  // Where to send a connection for which this shard has no place left, if there is such a shard.
  std::optional<std::uint32_t> refuge() const noexcept;

  std::uint32_t next_ticket() noexcept { return ++tickets_; }
  // The connection has been handed over: what is to be known of it there. Null: drop it.
  void tell(std::uint32_t shard, std::uint32_t ticket, const Handshake* handshake);
  // What tell() said.
  static std::unique_ptr<Handshake> read(const Parcel& letter);

  // A connection arrived. Its letter, if that was here already; the caller releases the parcel.
  struct Letter {
    Parcel* parcel;  // Null: drop the connection.
  };
  std::optional<Letter> arrived(SessionId session, std::uint32_t from, std::uint32_t ticket);
  // A letter came. The session that it is for, if that has arrived already.
  std::optional<SessionId> told(const ShardMessage& message);

 private:
  // One half of an arrival, waiting for the other.
  struct Waiting {
    SessionId session{};       // It arrived, or
    Parcel* parcel = nullptr;  // its letter did.
  };

  static std::uint64_t key(std::uint32_t from, std::uint32_t ticket) noexcept {
    return std::uint64_t{from} << 32U | ticket;
  }
  // How many connections a shard may hold and still be sent others.
  std::uint32_t share() const noexcept;

  Shard& shard_;
  const ConnectionGate& gate_;
  bool enabled_;
  std::uint32_t tickets_ = 0;
  std::unordered_map<std::uint64_t, Waiting> waiting_;
};

}  // namespace engine
