#include "bench/sim/sim_rig.h"

#include <algorithm>
#include <bit>

#include "base/check.h"
#include "base/limits.h"

namespace bench {

namespace {

constexpr std::uint64_t kSeed = 1;
constexpr base::Duration kStep = std::chrono::milliseconds{5};  // Longer than any packet's way.
constexpr int kStepsMost = 1000;

engine::ShardGroupOptions group_options(std::uint32_t connections) {
  engine::ShardGroupOptions options;
  options.driver.descriptors = connections + 1;
  // Room for all, so that no buffer and no entry is what is measured.
  options.driver.receive_buffers =
      std::min(std::max(base::kReceiveBuffersDefault, std::bit_ceil(connections)),
               base::kReceiveBuffersMost);
  options.driver.submissions = std::bit_ceil(2 * connections + 8);
  return options;
}

std::unique_ptr<engine::ShardGroup> open_group(const engine::ShardGroupOptions& options,
                                               engine::ShardProgramFactory& programs) {
  auto group = engine::ShardGroup::open(options, programs);
  CHECK(group.ok());
  const base::Status started = group.value()->shards().front()->start();
  CHECK(started.ok());
  return group.take();
}

}  // namespace

SimRig::SimRig(Service service, std::uint32_t connections)
    : network_(kSeed), server_factory_(1, service), completions_(base::kCompletionsPerTurn) {
  engine::ShardGroupOptions options = group_options(connections);
  clients_ = open_group(options, client_factory_);
  options.listen = {engine::Address::parse("127.0.0.1:0").take()};
  servers_ = open_group(options, server_factory_);
  engine::Sessions& clients = client_factory_.program->sessions();
  for (std::uint32_t i = 0; i < connections; ++i) {
    clients.connect(servers_->bound().front(), {.host = "bench", .target = "/", .context = i});
  }
  const auto& open = *client_factory_.program;
  for (int step = 0; open.open_sessions().size() < connections; ++step) {
    CHECK(step < kStepsMost);
    run_clients();
    static_cast<void>(run_server());
  }
}

std::chrono::nanoseconds SimRig::exchange(std::size_t sessions, std::uint32_t messages,
                                          std::uint64_t answers) {
  RigProgram& clients = *client_factory_.program;
  const std::uint64_t wanted = clients.messages() + answers;
  clients.send(sessions, messages);
  std::chrono::nanoseconds worked{};
  for (int step = 0; clients.messages() < wanted; ++step) {
    CHECK(step < kStepsMost);
    run_clients();
    worked += run_server();
  }
  CHECK(clients.messages() == wanted);
  return worked;
}

// Lets the clients turn, and lets time pass until what they sent has arrived.
void SimRig::run_clients() {
  engine::Shard& shard = *clients_->shards().front();
  do {
    shard.turn(base::Instant{});
    network_.advance_to(network_.now() + kStep);
  } while (shard.driver().ready());
}

// Turns for as long as there is something to do, as Reactor::turn() does it.
std::chrono::nanoseconds SimRig::run_server() {
  engine::Shard& shard = *servers_->shards().front();
  RigProgram& program = *server_factory_.program;
  std::chrono::nanoseconds worked{};
  bool more = true;
  while (more) {
    const std::uint32_t count = shard.driver().turn(completions_, base::Instant{});
    const auto began = std::chrono::steady_clock::now();
    const std::span<const engine::Completion> completions{completions_.data(), count};
    for (const engine::Completion& completion : completions) {
      shard.connections().dispatch(completion);
    }
    shard.connections().settle_sends();
    shard.connections().expire(shard.reactor().now());
    more = program.expire(shard.reactor().now()) == engine::StepResult::more;
    more |= shard.connections().deliver({}) == engine::StepResult::more;
    more |= program.run_tasks() == engine::StepResult::more;
    more |= shard.connections().flush() == engine::StepResult::more;
    worked += std::chrono::steady_clock::now() - began;
    network_.advance_to(network_.now() + kStep);
    more |= shard.driver().ready();
    if (count > 0) ++turns_;
  }
  return worked;
}

}  // namespace bench
