#include "tests/sim/room_scenario.h"

#include <map>
#include <string>

#include "base/check.h"
#include "tests/sim/room_clients.h"
#include "tests/sim/room_model.h"
#include "tests/sim/room_server.h"
#include "tests/sim/three_acts.h"

namespace sim {

namespace {

constexpr std::size_t kWideWindow = std::size_t{1} << 20;

class RoomRun final : public ThreeActs {
 public:
  enum class Kind : std::uint8_t { any, quick, lossy };

  RoomRun(std::uint64_t seed, const FaultPlan& faults, Kind kind) : ThreeActs(seed, faults) {
    engine::ShardGroupOptions server_options = draw_group_options(4);
    engine::ShardGroupOptions client_options = draw_group_options(2);
    lossy_ = kind == Kind::lossy;
    if (lossy_) draw_policies();
    if (kind == Kind::quick) {
      // No timer of a server's may stand in for a bell that was not rung.
      server_factory_.options.heartbeat_interval = base::Duration::zero();
      server_options.driver.receive_buffers = client_options.driver.receive_buffers = 64;
      server_options.driver.receive_buffer_bytes = client_options.driver.receive_buffer_bytes =
          4096;
    }
    server_options.listen = {engine::Address::parse("127.0.0.1:0").take()};
    server_factory_.options.send_queue_bytes_max = std::uint64_t{1} << draw(13, 20);
    servers_ = &trial_.open(server_options, server_factory_);
    client_factory_.plan = draw_plan();
    clients_ = &trial_.open(client_options, client_factory_);
  }

 private:
  void draw_policies() {
    engine::RoomOptions& rooms = server_factory_.rooms;
    rooms.conflate_above_bytes = std::uint64_t{1} << draw(0, 14);
    rooms.drop_above_bytes = std::uint64_t{1} << draw(0, 14);
    for (std::uint8_t room = 0; room < RoomPlan::kRoomsMost; ++room) {
      const auto policy = static_cast<engine::RoomPolicy>(draw(0, 2));
      if (policy == engine::RoomPolicy::reliable) continue;
      model_.set_policy(room, policy);
      const std::string rule = room_name(room) + "=" + std::string(engine::name(policy));
      CHECK(rooms.policies.add(rule).ok());
    }
  }
  RoomPlan draw_plan() {
    return {.clients = draw(1, 12),
            .lives = draw(1, 4),
            .moves_most = 1U << draw(2, 6),
            .burst_most = 1U << draw(0, draw(0, 9)),
            .rooms = static_cast<std::uint8_t>(draw(1, RoomPlan::kRoomsMost)),
            .stay = draw(0, 3) > 0,
            .think_most = std::chrono::microseconds{1U << draw(4, 20)},
            .server = servers_->bound()[0]};
  }

  bool settled() const override {
    for (const RoomClients* clients : client_factory_.made) {
      if (!clients->settled()) return false;
    }
    return true;
  }
  void say_goodbye() override {
    for (RoomClients* clients : client_factory_.made) clients->expect_goodbye();
  }
  void judge() override {
    model_.doubt_sessions([this](std::uint64_t session) {
      return trial_.excused(static_cast<SocketNumber>(session));
    });
    model_.judge();
    for (RoomServer* server : server_factory_.made) server->judge_answers();
  }
  void add_marks(std::map<std::string, std::uint64_t>& marks) const override {
    for (const RoomServer* server : server_factory_.made) {
      marks["publish answered"] += server->answers();
    }
    if (!lossy_) return;
    for (const RoomServer* server : server_factory_.made) {
      const engine::RoomCounters& counters = server->room_counters();
      marks["delivery conflated"] += counters.deliveries_conflated.value();
      marks["delivery caught up"] += counters.deliveries_caught_up.value();
      marks["delivery skipped"] += counters.deliveries_skipped.value();
    }
  }
  std::uint64_t messages() const override { return model_.heard(); }
  base::Duration worst_latency() const override { return model_.worst_latency(); }
  engine::ShardGroup& servers() override { return *servers_; }
  engine::ShardGroup& clients() override { return *clients_; }

  bool lossy_ = false;
  RoomModel model_{trial_.verdict()};
  engine::ConnectionGate server_gate_{1000};
  engine::ConnectionGate client_gate_{1000};
  RoomServerFactory server_factory_{trial_, server_gate_, draw_session_options()};
  RoomClientsFactory client_factory_{trial_, model_, client_gate_, draw_session_options()};
  engine::ShardGroup* servers_ = nullptr;
  engine::ShardGroup* clients_ = nullptr;
};

}  // namespace

RunReport run_rooms(std::uint64_t seed, const FaultPlan& faults) {
  RoomRun run(seed, faults, RoomRun::Kind::any);
  return run.run(run.draw_window());
}

RunReport run_quick_rooms(std::uint64_t seed, const FaultPlan& faults) {
  return RoomRun(seed, faults, RoomRun::Kind::quick).run(kWideWindow);
}

RunReport run_lossy_rooms(std::uint64_t seed, const FaultPlan& faults) {
  RoomRun run(seed, faults, RoomRun::Kind::lossy);
  return run.run(run.draw_window());
}

}  // namespace sim
