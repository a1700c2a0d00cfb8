// RigProgram: what the shards of a SimRig run: a server that echoes or has all in one room, and
// clients that count what comes to them.
//
// It knows its open sessions, so that a benchmark can let them speak. Whatever goes wrong in this
// world without faults is a failed CHECK. Threads: the shard's own. Bound: the shard's sessions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/room/websocket_shard.h"
#include "engine/session/connection_gate.h"
#include "engine/shard/shard_program.h"

namespace bench {

enum class Service : std::uint8_t { echo, room };

class RigProgram final : public engine::WebSocketShard,
                         private engine::SessionHandler,
                         private engine::RoomHandler {
 public:
  // A server does what `service` says; clients (listeners 0) only count what comes.
  RigProgram(engine::Shard& shard, engine::ConnectionGate& gate, std::uint32_t listeners,
             Service service);

  std::span<const engine::SessionId> open_sessions() const noexcept { return open_sessions_; }
  std::uint64_t messages() const noexcept { return messages_; }
  // Each of the first `sessions` sends so many messages.
  void send(std::size_t sessions, std::uint32_t messages);

 private:
  engine::Admission on_request(engine::SessionId id, const protocol::HttpRequest& request,
                               bool upgradable) override;
  void on_open(engine::SessionId id) override;
  void on_message(engine::SessionId id, protocol::Opcode opcode,
                  std::span<std::byte> payload) override;
  void on_close(engine::SessionId id, const engine::CloseInfo& info) override;
  void on_connect_failed(std::uint64_t context, const engine::ConnectFailure& failure) override;
  void on_joined(engine::SessionId session, engine::RoomHandle room) override;
  void on_join_failed(engine::SessionId session, std::string_view /*room*/) override;

  bool serves_;
  Service service_;
  engine::RoomHandle room_{};
  std::vector<engine::SessionId> open_sessions_;
  std::uint64_t messages_ = 0;
};

// Makes the one program of a group, and remembers it.
struct RigFactory final : engine::ShardProgramFactory {
  RigFactory(std::uint32_t its_listeners, Service its_service)
      : listeners(its_listeners), service(its_service) {}
  std::unique_ptr<engine::ShardProgram> make(engine::Shard& shard) override;

  std::uint32_t listeners;
  Service service;
  engine::ConnectionGate gate{UINT64_MAX};
  RigProgram* program = nullptr;
};

}  // namespace bench
