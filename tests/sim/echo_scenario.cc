#include "tests/sim/echo_scenario.h"

#include "base/check.h"
#include "tests/sim/echo_clients.h"
#include "tests/sim/echo_server.h"
#include "tests/sim/trial.h"

namespace sim {

namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint64_t kFaultSeed = 0xFA017;
// A client's remaining lives, with a few timeouts of what the faults left behind.
constexpr base::Duration kSettleMost = minutes{10};
constexpr base::Duration kDrainGrace = seconds{8};
constexpr base::Duration kDrainSlack = seconds{1};

class EchoRun {
 public:
  EchoRun(std::uint64_t seed, const FaultPlan& faults)
      : trial_(seed, faults),
        gate_(1000),
        server_factory_(trial_, gate_, session_options()),
        servers_(trial_.open(server_options(), server_factory_)),
        client_factory_(trial_, client_gate_, session_options(), plan()),
        clients_(trial_.open(client_options(), client_factory_)) {}

  RunReport run(std::uint64_t seed) {
    trial_.network().set_window(std::size_t{1} << (6 + trial_.prng().below(13)));
    act_under_faults();
    if (trial_.verdict().innocent()) act_of_settling();
    if (trial_.verdict().innocent()) act_of_draining();
    RunReport report{.seed = seed,
                     .trace = trial_.network().trace().hash(),
                     .steps = trial_.world().steps(),
                     .simulated = trial_.world().now() - started_,
                     .faults = trial_.faults(),
                     .charges = trial_.verdict().text()};
    report.frames = trial_.wire().frames();
    for (const EchoClients* clients : client_factory_.made) report.messages += clients->echoes();
    return report;
  }

 private:
  std::uint32_t draw(std::uint32_t least, std::uint32_t most) {
    return least + static_cast<std::uint32_t>(trial_.prng().below(most - least + 1));
  }

  engine::SessionOptions session_options() {
    engine::SessionOptions options;
    options.message_bytes_max = 1 << 20;
    options.heartbeat_interval = seconds{draw(2, 30)};
    options.handshake_timeout = seconds{draw(3, 10)};
    options.close_timeout = seconds{draw(1, 5)};
    return options;
  }
  engine::DriverOptions driver_options() {
    engine::DriverOptions options;
    options.descriptors = 64;
    options.submissions = 1U << draw(2, 8);
    options.receive_buffers = 1U << draw(1, 6);
    options.receive_buffer_bytes = 1U << draw(5, 12);
    options.seed = trial_.prng().next();
    return options;
  }
  engine::ShardGroupOptions server_options() {
    engine::ShardGroupOptions options;
    options.shards = draw(1, 2);
    options.listen = {engine::Address::parse("127.0.0.1:0").take()};
    options.driver = driver_options();
    return options;
  }
  engine::ShardGroupOptions client_options() {
    engine::ShardGroupOptions options;
    options.shards = draw(1, 2);
    options.driver = driver_options();
    return options;
  }
  EchoPlan plan() {
    EchoPlan plan;
    plan.clients = draw(1, 12);
    plan.lives = draw(1, 4);
    plan.messages_most = 1U << draw(0, 6);
    plan.depth_most = draw(1, 8);
    plan.small = draw(0, 3) > 0;
    plan.stay = draw(0, 1) > 0;
    plan.server = servers_.bound()[0];
    return plan;
  }

  bool settled() const {
    for (const EchoClients* clients : client_factory_.made) {
      if (!clients->settled()) return false;
    }
    return true;
  }
  bool guilty() { return !trial_.verdict().innocent(); }

  void act_under_faults() {
    trial_.world().run_until([this] { return guilty() || settled(); },
                             seconds{1} + trial_.network().draw_duration(minutes{2}));
  }

  void act_of_settling() {
    trial_.network().calm();
    const bool in_time = trial_.world().run_until(
        [this] {
          return guilty() || (settled() && trial_.at_rest(servers_) && trial_.at_rest(clients_));
        },
        kSettleMost);
    if (in_time) return;
    trial_.verdict().convict(settled() ? "the world did not come to rest"
                                       : "some client got nowhere after the faults had stopped");
    trial_.check_rest("server", servers_);
    trial_.check_rest("client", clients_);
  }

  void act_of_draining() {
    for (EchoClients* clients : client_factory_.made) clients->expect_goodbye();
    servers_.drain(kDrainGrace);
    trial_.world().run_until([this] { return guilty() || trial_.ended(servers_); },
                             kDrainGrace + kDrainSlack);
    trial_.check_ended("server", servers_);
    for (const auto& shard : servers_.shards()) {
      trial_.verdict().expect(shard->connection_counters().open.value() == 0,
                              "a drain left connections although nothing was in its way");
    }
    clients_.drain(kDrainGrace);
    trial_.world().run_until([this] { return guilty() || trial_.ended(clients_); },
                             kDrainGrace + kDrainSlack);
    trial_.check_ended("client", clients_);
  }

  Trial trial_;
  base::Instant started_ = trial_.world().now();
  engine::ConnectionGate gate_;
  engine::ConnectionGate client_gate_{1000};
  EchoServerFactory server_factory_;
  engine::ShardGroup& servers_;
  EchoClientsFactory client_factory_;
  engine::ShardGroup& clients_;
};

}  // namespace

RunReport run_echo(std::uint64_t seed) {
  return run_echo(seed, FaultPlan::draw(seed ^ kFaultSeed));
}

RunReport run_echo(std::uint64_t seed, const FaultPlan& faults) {
  EchoRun run(seed, faults);
  return run.run(seed);
}

}  // namespace sim
