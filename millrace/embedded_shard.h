// EmbeddedShard: what a shard of a millrace::Server runs: the engine's WebSockets, with a Handler.
//
// It translates between the engine's types and the public ones, and runs posted tasks between a
// turn's messages and its sends. Threads: the shard's own, but for tasks() and the counters.
// Bounds: those of its parts. A Handler that throws ends the process: the overrides are noexcept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/room/websocket_shard.h"
#include "engine/session/connection_gate.h"
#include "engine/shard/posted_tasks.h"
#include "millrace/server.h"

namespace millrace {

class EmbeddedShard final : public engine::WebSocketShard,
                            private engine::SessionHandler,
                            private engine::RoomHandler {
 public:
  EmbeddedShard(engine::Shard& shard, engine::ConnectionGate& gate,
                const engine::SessionOptions& session, const engine::RoomOptions& rooms,
                const Options& options);

  // Makes the handler. An error: the factory made none.
  base::Status open(const HandlerFactory& factory);

  engine::PostedTasks<Shard>& tasks() noexcept { return tasks_; }
  const engine::PostedTasks<Shard>& tasks() const noexcept { return tasks_; }
  // Of this shard, and not a slot that its table does not have.
  bool owns(const SessionId& id) noexcept;
  static engine::SessionId engine_id(const SessionId& id) noexcept {
    return {.slot = id.slot, .generation = id.generation};
  }

  // ShardProgram.
  void on_start() noexcept override;
  engine::StepResult run_tasks() noexcept override;

 private:
  // SessionHandler.
  engine::Admission on_request(engine::SessionId id, const protocol::HttpRequest& request,
                               bool upgradable) noexcept override;
  void on_open(engine::SessionId id) noexcept override;
  void on_message(engine::SessionId id, protocol::Opcode opcode,
                  std::span<std::byte> payload) noexcept override;
  void on_close(engine::SessionId id, const engine::CloseInfo& info) noexcept override;
  void on_connect_failed(std::uint64_t context,
                         const engine::ConnectFailure& failure) noexcept override;

  // RoomHandler.
  void on_joined(engine::SessionId session, engine::RoomHandle room) noexcept override;
  void on_join_failed(engine::SessionId session, std::string_view /*room*/) noexcept override;
  void on_published(engine::SessionId session, std::uint64_t ticket,
                    const engine::PublishAnswer& answer) noexcept override;

  SessionId public_id(engine::SessionId id) noexcept;

  Shard facade_;
  engine::PostedTasks<Shard> tasks_;
  std::unique_ptr<Handler> handler_;
  std::string subprotocol_;  // Of the answer that is just being given.
};

// A whole HTTP response, as the engine sends it.
std::string write_response(const Response& response);

}  // namespace millrace
