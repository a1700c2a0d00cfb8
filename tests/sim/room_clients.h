// RoomClients: a client shard of the rooms scenario: clients that come and go, talk in rooms, and
// report what they hear to the RoomModel.
//
// A client lives several lives, a connection each; in each it makes some moves at moments of its
// own choosing: join, leave, publish. Threads: one. Bound: the clients of its plan.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/prng.h"
#include "engine/room/websocket_shard.h"
#include "engine/shard/shard_program.h"
#include "tests/sim/room_model.h"
#include "tests/sim/room_talk.h"
#include "tests/sim/trial.h"

namespace sim {

struct RoomPlan {
  static constexpr std::uint8_t kRoomsMost = 4;

  std::uint32_t clients = 4;      // Per shard.
  std::uint32_t lives = 2;        // Per client.
  std::uint32_t moves_most = 30;  // Per life.
  std::uint32_t burst_most = 6;   // Publications per move.
  std::uint8_t rooms = 2;
  bool stay = true;  // The last life stays open.
  base::Duration think_most{};
  engine::Address server;
};

class RoomClients final : public engine::WebSocketShard,
                          private engine::SessionHandler,
                          private engine::RoomHandler {
 public:
  RoomClients(engine::Shard& shard, engine::ConnectionGate& gate,
              const engine::SessionOptions& options, Trial& trial, RoomModel& model,
              const RoomPlan& plan);

  bool settled() const noexcept;
  void expect_goodbye() noexcept { goodbye_ = true; }

  engine::StepResult expire(base::Instant now) override;
  base::Instant next_deadline() const override;

 private:
  enum class Mood : std::uint8_t { waiting, connecting, talking, staying, closing, dead };
  enum class Place : std::uint8_t { outside, joining, inside, leaving };

  // A client's relation to one room.
  struct Visit {
    Place place = Place::outside;
    bool echo = false;
    bool has_stay = false;
    StayNumber stay = 0;
  };
  struct Client {
    Mood mood = Mood::waiting;
    std::uint32_t number = 0;
    std::uint32_t life = 0;
    std::uint32_t moves_left = 0;
    base::Instant next_at{};
    engine::SessionId session{};
    SocketNumber socket = kNobody;
    std::array<Visit, RoomPlan::kRoomsMost> visits{};
    std::uint64_t timeouts_before = 0;  // Of the shard's close handshakes, when this one began.
    std::vector<StayNumber> spoke;      // Stays of this life, whose publications share its fate.
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

  void act(Client& client);
  void move(Client& client);
  bool say(Client& client, const RoomTalk& talk);
  void enter(Client& client, std::uint8_t room);
  void end_life(Client& client);
  void begin_life(Client& client, std::uint32_t life);
  void end_stays(Client& client, bool doubtful);
  void pause(Client& client, base::Duration most);
  void convict(const Client& client, const std::string& charge);

  Trial& trial_;
  RoomModel& model_;
  RoomPlan plan_;
  base::Prng prng_;
  std::vector<Client> clients_;
  bool goodbye_ = false;
};

struct RoomClientsFactory final : engine::ShardProgramFactory {
  RoomClientsFactory(Trial& its_trial, RoomModel& its_model, engine::ConnectionGate& its_gate,
                     const engine::SessionOptions& its_options)
      : trial(its_trial), model(its_model), gate(its_gate), options(its_options) {}
  std::unique_ptr<engine::ShardProgram> make(engine::Shard& shard) override {
    auto clients = std::make_unique<RoomClients>(shard, gate, options, trial, model, plan);
    made.push_back(clients.get());
    return clients;
  }

  Trial& trial;
  RoomModel& model;
  engine::ConnectionGate& gate;
  engine::SessionOptions options;
  RoomPlan plan;
  std::vector<RoomClients*> made;
};

}  // namespace sim
