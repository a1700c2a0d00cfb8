#include "tests/sim/three_acts.h"

#include <utility>

namespace sim {

namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// A client's remaining lives, with a few timeouts of what the faults left behind.
constexpr base::Duration kSettleMost = minutes{10};
constexpr base::Duration kQuiet = seconds{2};
constexpr base::Duration kDrainGrace = seconds{12};
constexpr base::Duration kDrainSlack = seconds{1};

}  // namespace

RunReport ThreeActs::run(std::size_t window) {
  trial_.network().set_window(window);
  act_under_faults();
  if (!guilty()) act_of_settling();
  if (!guilty()) act_of_draining();
  std::map<std::string, std::uint64_t> marks = trial_.marks();
  add_marks(marks);
  return {.seed = seed_,
          .trace = trial_.network().trace().hash(),
          .steps = trial_.world().steps(),
          .messages = messages(),
          .frames = trial_.wire().frames(),
          .simulated = trial_.world().now() - started_,
          .worst_latency = worst_latency(),
          .marks = std::move(marks),
          .faults = trial_.faults(),
          .charges = trial_.verdict().text()};
}

void ThreeActs::act_under_faults() {
  trial_.world().run_until([this] { return guilty() || settled(); },
                           seconds{1} + trial_.network().draw_duration(minutes{2}));
}

void ThreeActs::act_of_settling() {
  trial_.network().calm();
  make_peace();
  const auto rested = [this] {
    return guilty() || (settled() && trial_.at_rest(servers()) && trial_.at_rest(clients()));
  };
  if (!trial_.world().run_until(rested, kSettleMost)) {
    trial_.verdict().convict(settled() ? "the world did not come to rest"
                                       : "some client got nowhere after the faults had stopped");
    trial_.check_rest("server", servers());
    trial_.check_rest("client", clients());
    return;
  }
  trial_.world().run_for(kQuiet);  // What is between shards is in no connection.
  if (!trial_.world().run_until(rested, kQuiet)) trial_.verdict().convict("rest does not last");
  if (!guilty()) judge();
}

void ThreeActs::act_of_draining() {
  say_goodbye();
  servers().drain(kDrainGrace);
  trial_.world().run_until([this] { return guilty() || trial_.ended(servers()); },
                           kDrainGrace + kDrainSlack);
  trial_.check_ended("server", servers());
  for (const auto& shard : servers().shards()) {
    trial_.verdict().expect(shard->connection_counters().open.value() == 0,
                            "a drain left connections although nothing was in its way");
  }
  if (guilty()) return;
  clients().drain(kDrainGrace);
  trial_.world().run_until([this] { return guilty() || trial_.ended(clients()); },
                           kDrainGrace + kDrainSlack);
  trial_.check_ended("client", clients());
}

// ---- Draws --------------------------------------------------------------------------------------

std::uint32_t ThreeActs::draw(std::uint32_t least, std::uint32_t most) {
  return least + static_cast<std::uint32_t>(trial_.prng().below(most - least + 1));
}

engine::SessionOptions ThreeActs::draw_session_options() {
  engine::SessionOptions options;
  options.message_bytes_max = 1 << 20;
  options.heartbeat_interval = seconds{draw(2, 30)};
  options.handshake_timeout = seconds{draw(3, 10)};
  options.close_timeout = seconds{draw(1, 5)};
  return options;
}

engine::ShardGroupOptions ThreeActs::draw_group_options(std::uint32_t shards_most) {
  engine::ShardGroupOptions options;
  options.shards = draw(1, shards_most);
  options.driver.descriptors = 64;
  options.driver.submissions = 1U << draw(2, 8);
  options.driver.receive_buffers = 1U << draw(1, 6);
  options.driver.receive_buffer_bytes = 1U << draw(5, 12);
  options.park_after = milliseconds{draw(0, 3) * draw(1, 2'000)};
  options.driver.seed = trial_.prng().next();
  return options;
}

}  // namespace sim
