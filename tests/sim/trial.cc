#include "tests/sim/trial.h"

#include <array>

#include "base/check.h"
#include "engine/session/session_counters.h"

namespace sim {

namespace {

constexpr std::uint64_t kScenarioSeed = 0x5CE9A;

bool is_timeout(engine::CloseReason reason) noexcept {
  return reason == engine::CloseReason::heartbeat_timeout ||
         reason == engine::CloseReason::handshake_timeout;
}

}  // namespace

Trial::Trial(std::uint64_t seed, const FaultPlan& faults)
    : world_(seed, faults), prng_(seed ^ kScenarioSeed) {
  world_.add_checker([this] {
    for (const auto& group : groups_) {
      for (const auto& shard : group->shards()) {
        verdict_.expect(shard->connection_counters().stale_completions.value() == 0,
                        "a completion met a slot that was not its own");
        verdict_.expect(shard->connection_counters().close_failures.value() == 0,
                        "a close found no connection");
      }
    }
  });
}

Trial::~Trial() {
  world_.release();
  groups_.clear();
}

engine::ShardGroup& Trial::open(const engine::ShardGroupOptions& options,
                                engine::ShardProgramFactory& programs) {
  auto group = engine::ShardGroup::open(options, programs);
  CHECK(group.ok());
  groups_.push_back(group.take());
  for (const auto& shard : groups_.back()->shards()) world_.add(*shard);
  return *groups_.back();
}

void Trial::excuse(SocketNumber number) {
  if (number == kNobody) return;
  excused_.insert(number);
  excused_.insert(network().socket(number).peer);
}

bool Trial::excused(SocketNumber number) const {
  if (number == kNobody) return false;
  return excused_.contains(number) || world_.network().socket(number).faulted;
}

void Trial::mark_hostile(engine::SimDriver& driver) {
  hostile_.insert(driver.number_in_network());
  wire_.spare_client(driver.number_in_network());
}

bool Trial::hostile(SocketNumber number) const {
  return number != kNobody && hostile_.contains(world_.network().client_driver(number));
}

bool Trial::time_was_lost() const {
  const FaultPlan& faults = world_.network().faults();
  constexpr std::array<Fault, 3> kTimeFaults{Fault::network_stall, Fault::shard_stalls,
                                             Fault::clock_jumps};
  for (const Fault fault : kTimeFaults) {
    if (faults.fired(fault) > 0) return true;
  }
  return false;
}

void Trial::judge_timeout(SocketNumber number, engine::CloseReason reason) {
  if (!is_timeout(reason) || hostile(number)) return;
  if (!time_was_lost() && number != kNobody && !excused(number)) {
    verdict_.convict("a " + std::string(engine::name(reason)) +
                     " although nothing held the connection up");
  }
  excuse(number);
}

std::map<std::string, std::uint64_t> Trial::marks() const {
  std::map<std::string, std::uint64_t> marks;
  for (const auto& group : groups_) {
    for (const auto& shard : group->shards()) {
      const engine::ConnectionCounters& connections = shard->connection_counters();
      marks["lane full"] += shard->mailbox_counters().lane_full.value();
      marks["shard rung"] += shard->mailbox_counters().rings.value();
      marks["submission deferred"] += shard->reactor_counters().submissions_deferred.value();
      marks["receive starved"] += connections.receive_buffers_exhausted.value();
      const auto failed = [&connections](engine::Outcome outcome) {
        return connections.accept_failures[static_cast<std::size_t>(outcome)].value();
      };
      marks["accept rested"] += failed(engine::Outcome::descriptors_full);
      marks["accept aborted"] += failed(engine::Outcome::aborted_in_backlog);
    }
  }
  return marks;
}

// ---- What holds for every scenario --------------------------------------------------------------

bool Trial::ended(engine::ShardGroup& group) {
  for (const auto& shard : group.shards()) {
    if (!world_.ended(*shard)) return false;
  }
  return true;
}

bool Trial::at_rest(engine::ShardGroup& group) {
  for (const auto& shard : group.shards()) {
    const engine::SimDriver& driver = shard->driver();
    if (driver.buffers_lent() > 0 || driver.ready()) return false;
    if (driver.descriptors_open() != shard->connection_counters().open.value()) return false;
    if (driver.operations_in_flight() != driver.descriptors_open()) return false;
  }
  return true;
}

// An idle connection has one operation in flight: its receive.
void Trial::check_rest(std::string_view who, engine::ShardGroup& group) {
  const std::string prefix = std::string(who) + " at rest: ";
  for (const auto& shard : group.shards()) {
    const engine::SimDriver& driver = shard->driver();
    const std::uint64_t open = shard->connection_counters().open.value();
    const auto expect = [&](std::string_view what, std::uint64_t found, std::uint64_t wanted) {
      if (found == wanted) return;
      verdict_.convict(prefix + std::string(what) + " " + std::to_string(found) + " instead of " +
                       std::to_string(wanted));
    };
    expect("buffers lent", driver.buffers_lent(), 0);
    expect("descriptors open", driver.descriptors_open(), open);
    expect("operations in flight", driver.operations_in_flight(), open);
    expect("queued bytes", shard->connection_counters().queued_bytes.value(), 0);
  }
}

void Trial::check_ended(std::string_view who, engine::ShardGroup& group) {
  for (const auto& shard : group.shards()) {
    const std::string prefix = std::string(who) + " ended: ";
    if (!world_.ended(*shard)) {
      const engine::SimDriver& driver = shard->driver();
      verdict_.convict(prefix + "not shard " + std::to_string(shard->number()) + ": " +
                       std::to_string(shard->connection_counters().open.value()) +
                       " connections, " + std::to_string(driver.operations_in_flight()) +
                       " operations, " + std::to_string(driver.buffers_lent()) + " buffers, " +
                       std::to_string(shard->reactor_counters().turns.value()) + " turns");
    }
    if (shard->connection_counters().open.value() > 0) continue;  // Its time was up.
    if (shard->driver().operations_in_flight() > 0) {
      verdict_.convict(prefix + "operations still in flight");
    }
    if (shard->driver().buffers_lent() > 0) verdict_.convict(prefix + "buffers still lent");
    if (shard->connections().pools().payloads.bytes_in_use() > 0) {
      verdict_.convict(prefix + "payloads still in use");
    }
  }
}

}  // namespace sim
