// ScriptedShard: a WebSocket shard whose application is a test: it writes down what it is told and
// does what the test's hooks say.
//
// Without hooks it accepts every request and does nothing else. do_in_turn() runs something as a
// part of the shard's turn, where all calls into the engine belong. Threads: one. Bound: the
// test's.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/room/websocket_shard.h"
#include "engine/shard/shard_program.h"

namespace sim {

class ScriptedShard final : public engine::WebSocketShard,
                            private engine::SessionHandler,
                            private engine::RoomHandler {
 public:
  struct Message {
    engine::SessionId session;
    protocol::Opcode opcode;
    std::string text;
  };
  struct TurnedAway {
    engine::SessionId session;
    engine::PeerAddress peer;
    engine::CloseReason why;
  };
  struct Close {
    engine::SessionId session;
    engine::CloseInfo info;
  };
  struct Published {
    engine::SessionId session;
    std::uint64_t ticket;
    engine::PublishAnswer answer;
  };
  struct Recovered {
    engine::SessionId session;
    engine::RoomHandle room;
    bool complete;
    engine::ResumePosition now;
    std::vector<std::uint64_t> numbers;
    std::vector<std::string> texts;
  };
  struct Joined {
    engine::SessionId session;
    engine::RoomHandle room;
  };

  ScriptedShard(engine::Shard& shard, engine::ConnectionGate& gate,
                const engine::SessionOptions& options, std::uint32_t listeners,
                const engine::RoomOptions& rooms);

  void forget_hooks();
  void do_in_turn(std::function<void()> task);
  engine::StepResult expire(base::Instant now) override;

  // What the test decides.
  std::function<engine::Admission(engine::SessionId, const protocol::HttpRequest&, bool)> request;
  std::function<void(engine::SessionId)> open;
  std::function<void(engine::SessionId, protocol::Opcode, std::span<std::byte>)> message;
  std::function<void(engine::SessionId, const engine::CloseInfo&)> close;
  std::function<void(engine::SessionId, engine::RoomHandle)> join;
  std::function<void(engine::SessionId)> recover;

  // What the shard was told, in order.
  std::vector<TurnedAway> turned_away;
  std::vector<engine::SessionId> opened;
  std::vector<Message> messages;
  std::vector<Close> closes;
  std::vector<engine::ConnectFailure> failures;
  std::vector<Joined> joined;
  std::vector<engine::SessionId> not_joined;
  std::vector<Published> published;
  std::vector<Recovered> recovered;
  std::vector<engine::SessionId> drained;

 private:
  engine::Admission on_request(engine::SessionId id, const protocol::HttpRequest& request,
                               bool upgradable) override;
  void on_turned_away(engine::SessionId id, const engine::PeerAddress& peer,
                      engine::CloseReason why) override {
    turned_away.push_back({id, peer, why});
  }
  void on_open(engine::SessionId id) override;
  void on_message(engine::SessionId id, protocol::Opcode opcode,
                  std::span<std::byte> payload) override;
  void on_close(engine::SessionId id, const engine::CloseInfo& info) override;
  void on_connect_failed(std::uint64_t context, const engine::ConnectFailure& failure) override;
  void on_joined(engine::SessionId session, engine::RoomHandle room) override;
  void on_join_failed(engine::SessionId session, std::string_view /*room*/) override;
  void on_recovered(engine::SessionId session, engine::RoomHandle room,
                    const engine::Recovery& recovery) override;
  void on_drained(engine::SessionId session) override { drained.push_back(session); }
  void on_published(engine::SessionId session, std::uint64_t ticket,
                    const engine::PublishAnswer& answer) override {
    published.push_back({session, ticket, answer});
  }

  std::vector<std::function<void()>> tasks_;
};

struct ScriptedShardFactory final : engine::ShardProgramFactory {
  ScriptedShardFactory(engine::ConnectionGate& its_gate, const engine::SessionOptions& its_options,
                       std::uint32_t its_listeners, const engine::RoomOptions& its_rooms = {})
      : gate(its_gate), options(its_options), listeners(its_listeners), rooms(its_rooms) {}
  std::unique_ptr<engine::ShardProgram> make(engine::Shard& shard) override {
    auto program = std::make_unique<ScriptedShard>(shard, gate, options, listeners, rooms);
    made.push_back(program.get());
    return program;
  }

  engine::ConnectionGate& gate;
  engine::SessionOptions options;
  std::uint32_t listeners;
  engine::RoomOptions rooms;
  std::vector<ScriptedShard*> made;
};

}  // namespace sim
