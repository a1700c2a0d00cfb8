// RoomServer: a server shard of the rooms scenario: it lets clients in and out of rooms and
// publishes for them, as they say in RoomTalk.
//
// Its answers travel in the same stream as the rooms' messages, so a client knows exactly from when
// to when it was in. Threads: one. Bound: a record per session.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "engine/room/websocket_shard.h"
#include "engine/shard/shard_program.h"
#include "tests/sim/room_talk.h"
#include "tests/sim/trial.h"

namespace sim {

class RoomServer final : public engine::WebSocketShard,
                         private engine::SessionHandler,
                         private engine::RoomHandler {
 public:
  RoomServer(engine::Shard& shard, engine::ConnectionGate& gate,
             const engine::SessionOptions& options, Trial& trial, const engine::RoomOptions& rooms);

  // At rest: every publisher that is still there knows what became of what it asked about.
  void judge_answers();
  std::uint64_t answers() const noexcept { return answers_; }

 private:
  struct Guest {
    SocketNumber socket = kNobody;
    std::map<std::uint8_t, engine::RoomHandle> rooms;    // That it is in.
    std::map<std::uint8_t, engine::RoomHandle> pending;  // That it waits for.
    std::set<std::uint64_t> unanswered{};                // Tickets, which are messages' numbers.
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
  void on_published(engine::SessionId session, std::uint64_t ticket,
                    const engine::PublishAnswer& answer) override;

  void join(engine::SessionId id, Guest& guest, std::uint8_t room, bool echo);
  void leave(engine::SessionId id, Guest& guest, std::uint8_t room);
  void answer(engine::SessionId id, Word word, std::uint8_t room);

  Trial& trial_;
  std::uint64_t next_guest_ = 1;
  std::uint64_t answers_ = 0;
  std::map<std::uint64_t, Guest> guests_;  // By context.
};

struct RoomServerFactory final : engine::ShardProgramFactory {
  RoomServerFactory(Trial& its_trial, engine::ConnectionGate& its_gate,
                    const engine::SessionOptions& its_options)
      : trial(its_trial), gate(its_gate), options(its_options) {}
  std::unique_ptr<engine::ShardProgram> make(engine::Shard& shard) override {
    auto server = std::make_unique<RoomServer>(shard, gate, options, trial, rooms);
    made.push_back(server.get());
    return server;
  }

  Trial& trial;
  engine::ConnectionGate& gate;
  engine::SessionOptions options;
  engine::RoomOptions rooms{};
  std::vector<RoomServer*> made{};
};

}  // namespace sim
