// EchoServer: a server shard of the echo scenario: it sends every message back as it came.
//
// It also checks what Sessions promises its handler: one on_open() and one on_close() per accepted
// request, messages only in between. Threads: one. Bound: a record per connection.
#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include "engine/room/websocket_shard.h"
#include "engine/shard/shard_program.h"
#include "tests/sim/trial.h"

namespace sim {

class EchoServer final : public engine::WebSocketShard,
                         private engine::SessionHandler,
                         private engine::RoomHandler {
 public:
  EchoServer(engine::Shard& shard, engine::ConnectionGate& gate,
             const engine::SessionOptions& options, Trial& trial);

 private:
  struct Guest {
    bool open = false;
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

  Trial& trial_;
  std::uint64_t next_guest_ = 1;
  std::map<std::uint64_t, Guest> guests_;  // By context.
};

struct EchoServerFactory final : engine::ShardProgramFactory {
  EchoServerFactory(Trial& its_trial, engine::ConnectionGate& its_gate,
                    const engine::SessionOptions& its_options)
      : trial(its_trial), gate(its_gate), options(its_options) {}
  std::unique_ptr<engine::ShardProgram> make(engine::Shard& shard) override {
    return std::make_unique<EchoServer>(shard, gate, options, trial);
  }

  Trial& trial;
  engine::ConnectionGate& gate;
  engine::SessionOptions options;
};

}  // namespace sim
