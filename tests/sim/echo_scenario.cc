#include "tests/sim/echo_scenario.h"

#include "tests/sim/echo_clients.h"
#include "tests/sim/echo_server.h"
#include "tests/sim/hostile_clients.h"
#include "tests/sim/three_acts.h"

namespace sim {

namespace {

class EchoRun final : public ThreeActs {
 public:
  EchoRun(std::uint64_t seed, const FaultPlan& faults, bool with_hostile)
      : ThreeActs(seed, faults) {
    engine::ShardGroupOptions server_options = draw_group_options(2);
    server_options.listen = {engine::Address::parse("127.0.0.1:0").take()};
    servers_ = &trial_.open(server_options, server_factory_);
    client_factory_.plan = draw_plan();
    clients_ = &trial_.open(draw_group_options(2), client_factory_);
    if (!with_hostile) return;
    hostile_factory_.server = servers_->bound()[0];
    hostile_factory_.peers = draw(1, 8);
    trial_.open(draw_group_options(1), hostile_factory_);
  }

 private:
  EchoPlan draw_plan() {
    return {.clients = draw(1, 12),
            .lives = draw(1, 4),
            .messages_most = 1U << draw(0, 6),
            .depth_most = draw(1, 8),
            .small = draw(0, 3) > 0,
            .stay = draw(0, 1) > 0,
            .server = servers_->bound()[0]};
  }

  bool settled() const override {
    for (const EchoClients* clients : client_factory_.made) {
      if (!clients->settled()) return false;
    }
    for (const HostileClients* clients : hostile_factory_.made) {
      if (!clients->all_gone()) return false;
    }
    return true;
  }
  void make_peace() override {
    for (HostileClients* clients : hostile_factory_.made) clients->peace();
  }
  void say_goodbye() override {
    for (EchoClients* clients : client_factory_.made) clients->expect_goodbye();
  }
  void judge() override {}  // The clients judge every echo as it comes.
  std::uint64_t messages() const override {
    std::uint64_t echoes = 0;
    for (const EchoClients* clients : client_factory_.made) echoes += clients->echoes();
    return echoes;
  }
  engine::ShardGroup& servers() override { return *servers_; }
  engine::ShardGroup& clients() override { return *clients_; }

  engine::ConnectionGate server_gate_{1000};
  engine::ConnectionGate client_gate_{1000};
  EchoServerFactory server_factory_{trial_, server_gate_, draw_session_options()};
  EchoClientsFactory client_factory_{trial_, client_gate_, draw_session_options(), {}};
  HostileClientsFactory hostile_factory_{trial_};
  engine::ShardGroup* servers_ = nullptr;
  engine::ShardGroup* clients_ = nullptr;
};

}  // namespace

RunReport run_echo(std::uint64_t seed, const FaultPlan& faults) {
  EchoRun run(seed, faults, false);
  return run.run(run.draw_window());
}

RunReport run_hostile(std::uint64_t seed, const FaultPlan& faults) {
  EchoRun run(seed, faults, true);
  return run.run(run.draw_window());
}

}  // namespace sim
