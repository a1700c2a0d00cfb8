// ClientPool: the clients of one shard: connecting them at a pace, sending for them, counting what
// becomes of them.
//
// A client is a number from 0; it lives through any number of sessions, one at a time. LoadShard
// reports what the engine says; the scenario asks for connects and sends.
// Threads: the shard's own. Bounds: as many clients as the partition has, 24 bytes each, and
// ConnectPace::in_progress_max connects without an answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/time.h"
#include "engine/session/sessions.h"
#include "loadgen/load_options.h"
#include "loadgen/partition.h"
#include "loadgen/schedule.h"
#include "loadgen/shard_statistics.h"
#include "loadgen/target.h"

namespace loadgen {

struct ConnectPace {
  std::uint32_t in_progress_max = 1;  // Without an answer.
  double rate = 0;                    // Per second; 0: as fast as answers come.
};

class ClientPool {
 public:
  ClientPool(engine::Sessions& sessions, engine::Connections& connections, engine::Reactor& reactor,
             const LoadOptions& options, const Partition& partition, ShardStatistics& statistics);

  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(clients_.size()); }
  const Partition& partition() const noexcept { return partition_; }
  bool is_open(std::uint32_t client) const noexcept {
    return clients_[client].state == State::open;
  }
  // Neither connected nor about to be.
  bool is_idle(std::uint32_t client) const noexcept {
    return clients_[client].state == State::idle;
  }
  // Open ever since the pool connected it, without a break.
  bool was_never_closed(std::uint32_t client) const noexcept {
    return clients_[client].state == State::open && clients_[client].connects == 1;
  }

  // When the connect of the present session was intended.
  base::Instant connect_intended(std::uint32_t client) const noexcept {
    return clients_[client].connect_intended;
  }

  // Connects every client once, at the pace.
  void connect_all(const ConnectPace& pace);
  // Each turn: starts the connects that are due.
  void pump(base::Instant now);
  base::Instant next_deadline() const noexcept;

  // Connects one client that is not connected; latency counts from `intended`.
  void connect(std::uint32_t client, base::Instant intended);
  std::uint32_t in_progress() const noexcept { return in_progress_; }
  // With a close handshake.
  void close(std::uint32_t client);
  // Without a word.
  void abort(std::uint32_t client);
  // In the middle of a message.
  void vanish(std::uint32_t client);
  // Reads no more for it, until it is resumed.
  void pause(std::uint32_t client);
  void resume(std::uint32_t client);
  // Counts as a message; say() does not. False when the client is not open, or its queue is full
  // and it is being closed.
  bool send(std::uint32_t client, protocol::Opcode opcode, std::span<const std::byte> message);
  bool say(std::uint32_t client, protocol::Opcode opcode, std::span<const std::byte> message);

  // ---- What the engine reports ------------------------------------------------------------------

  void opened(std::uint32_t client, engine::SessionId session, base::Instant now);
  // What is forgiven is counted, but not as an error.
  void connect_failed(std::uint32_t client, const engine::ConnectFailure& failure, bool forgiven);
  void closed(std::uint32_t client, const engine::CloseInfo& info, bool forgiven);

 private:
  enum class State : std::uint8_t { idle, connecting, open, closing };

  struct Client {
    engine::SessionId session;
    base::Instant connect_intended;
    State state = State::idle;
    std::uint32_t connects = 0;
  };

  ConnectionErrors& errors(bool forgiven) noexcept {
    return forgiven ? statistics_.forgiven : statistics_.errors;
  }

  engine::Sessions& sessions_;
  engine::Connections& connections_;
  engine::Reactor& reactor_;
  const LoadOptions& options_;
  Partition partition_;
  ShardStatistics& statistics_;
  std::vector<Client> clients_;
  ConnectPace pace_;
  Schedule schedule_{ScheduleOptions{}};
  std::uint32_t to_connect_ = 0;  // Clients below this one have been connected by connect_all().
  bool connecting_all_ = false;
  std::uint32_t in_progress_ = 0;
};

}  // namespace loadgen
