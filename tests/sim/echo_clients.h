// EchoClients: a client shard of the echo scenario: clients that connect, send, and hold every echo
// against what they sent.
//
// A client lives several lives, a connection each. Within a life its echoes must come back in
// order, exactly once, byte for byte, and all of them unless a fault broke the connection. Lives
// end by a close handshake, by an abort, or not at all. Threads: one. Bound: the clients of its
// plan.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/prng.h"
#include "engine/room/websocket_shard.h"
#include "engine/shard/shard_program.h"
#include "tests/sim/sample_message.h"
#include "tests/sim/trial.h"

namespace sim {

struct EchoPlan {
  std::uint32_t clients = 4;         // Per shard.
  std::uint32_t lives = 2;           // Per client.
  std::uint32_t messages_most = 20;  // Per life.
  std::uint32_t depth_most = 4;      // Messages on their way at once.
  bool small = true;                 // Messages of some hundred bytes at most.
  bool stay = true;                  // The last life stays open.
  engine::Address server;
};

class EchoClients final : public engine::WebSocketShard,
                          private engine::SessionHandler,
                          private engine::RoomHandler {
 public:
  EchoClients(engine::Shard& shard, engine::ConnectionGate& gate,
              const engine::SessionOptions& options, Trial& trial, const EchoPlan& plan);

  // Every client has lived its lives, or stays.
  bool settled() const noexcept;
  std::uint64_t echoes() const noexcept { return echoes_; }
  // From here on the servers send everybody away, and nobody comes back.
  void expect_goodbye() noexcept { goodbye_ = true; }

  engine::StepResult expire(base::Instant now) override;
  base::Instant next_deadline() const override;

 private:
  enum class Mood : std::uint8_t { waiting, connecting, talking, staying, closing, dead };

  struct Client {
    Mood mood = Mood::waiting;
    std::uint32_t number = 0;
    std::uint32_t life = 0;
    std::uint32_t wanted = 0;  // Messages of this life.
    std::uint32_t depth = 1;
    std::uint32_t sent = 0;
    std::uint32_t echoed = 0;
    base::Instant next_at{};  // When it does something of itself.
    engine::SessionId session{};
    SocketNumber socket = kNobody;
  };

  engine::Admission on_request(engine::SessionId id, const protocol::HttpRequest& request,
                               bool upgradable) override;
  void on_open(engine::SessionId id) override;
  void on_message(engine::SessionId id, protocol::Opcode opcode,
                  std::span<std::byte> payload) override;
  void on_close(engine::SessionId id, const engine::CloseInfo& info) override;
  void on_connect_failed(std::uint64_t context, const engine::ConnectFailure& failure) override;
  void on_joined(engine::SessionId session, engine::RoomHandle room) override;
  void on_join_failed(engine::SessionId session, std::string_view /*room*/) override;

  void act(Client& client, base::Instant now);
  void connect(Client& client);
  void talk(Client& client);
  void end_life(Client& client);
  void begin_life(Client& client, std::uint32_t life);
  void judge_end(const Client& client, const engine::CloseInfo& info);
  std::uint64_t message_number(const Client& client, std::uint32_t index) const;
  void pause(Client& client, base::Duration most);
  void convict(const Client& client, const std::string& charge);

  Trial& trial_;
  EchoPlan plan_;
  base::Prng prng_;
  std::vector<Client> clients_;
  std::uint64_t echoes_ = 0;
  bool goodbye_ = false;
};

struct EchoClientsFactory final : engine::ShardProgramFactory {
  EchoClientsFactory(Trial& its_trial, engine::ConnectionGate& its_gate,
                     const engine::SessionOptions& its_options, const EchoPlan& its_plan)
      : trial(its_trial), gate(its_gate), options(its_options), plan(its_plan) {}
  std::unique_ptr<engine::ShardProgram> make(engine::Shard& shard) override {
    auto clients = std::make_unique<EchoClients>(shard, gate, options, trial, plan);
    made.push_back(clients.get());
    return clients;
  }

  Trial& trial;
  engine::ConnectionGate& gate;
  engine::SessionOptions options;
  EchoPlan plan;
  std::vector<EchoClients*> made;
};

}  // namespace sim
