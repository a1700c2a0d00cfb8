// HostileClients: a client shard that speaks no WebSocket of ours: it sends what the internet
// sends.
//
// Broken and endless requests, frames that break every rule of RFC 6455, floods, single bytes,
// silence. It uses bare connections, so nothing of protocol/ or session/ stands on its side. It
// never ends a connection once peace() was called: then the server must get rid of it by itself.
// Threads: one. Bound: the peers of its plan.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/prng.h"
#include "engine/connection/connection_handler.h"
#include "engine/shard/shard.h"
#include "engine/shard/shard_program.h"
#include "tests/sim/trial.h"

namespace sim {

class HostileClients final : public engine::ShardProgram, private engine::ConnectionHandler {
 public:
  HostileClients(engine::Shard& shard, Trial& trial, const engine::Address& server,
                 std::uint32_t peers);

  // From here on it does nothing any more.
  void peace() noexcept { peace_ = true; }
  bool all_gone() const noexcept;

 private:
  struct Peer {
    bool connected = false;
    bool asked = false;   // Has sent a request, or what it takes for one.
    bool silent = false;  // Says nothing more.
    engine::ConnectionId id{};
    base::Instant next_at{};
  };

  // ShardProgram.
  void on_start() override {}
  void on_shard_message(const engine::ShardMessage& /*message*/) override {}
  engine::StepResult expire(base::Instant now) override;
  base::Instant next_deadline() const override;
  engine::StepResult run_tasks() override { return engine::StepResult::done; }
  engine::ReceiveAllowance receives_allowed() const override { return {}; }
  void begin_drain(base::Instant /*now*/, base::Instant /*deadline*/) override { draining_ = true; }
  bool drained() const override { return draining_; }

  // ConnectionHandler.
  void on_accepted(engine::ConnectionId id, const engine::PeerAddress& peer) override;
  void on_connected(engine::ConnectionId id, std::uint32_t token) override;
  void on_connect_failed(std::uint32_t token, engine::Outcome outcome) override;
  void on_received(engine::ConnectionId id, std::span<std::byte> bytes) override;
  void on_ended(engine::ConnectionId id, engine::Outcome outcome) override;
  void on_released(engine::ConnectionId id) override;

  void act(Peer& peer);
  std::string request();
  std::string outrage();
  std::string flood();
  std::string frame(std::uint8_t first, std::uint64_t claimed, std::size_t size, bool masked);
  std::string noise(std::size_t size);
  void send(const Peer& peer, std::string_view bytes);
  void pause(Peer& peer);

  engine::Shard& shard_;
  Trial& trial_;
  engine::Address server_;
  base::Prng prng_;
  std::vector<Peer> peers_;
  bool peace_ = false;
  bool draining_ = false;
};

struct HostileClientsFactory final : engine::ShardProgramFactory {
  explicit HostileClientsFactory(Trial& its_trial) : trial(its_trial) {}
  std::unique_ptr<engine::ShardProgram> make(engine::Shard& shard) override {
    auto clients = std::make_unique<HostileClients>(shard, trial, server, peers);
    made.push_back(clients.get());
    return clients;
  }

  Trial& trial;
  engine::Address server;
  std::uint32_t peers = 1;
  std::vector<HostileClients*> made;
};

}  // namespace sim
