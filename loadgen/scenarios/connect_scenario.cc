#include "loadgen/scenarios/connect_scenario.h"

namespace loadgen {

namespace {

// Connects that one turn starts; then it looks at what came back.
constexpr std::uint32_t kConnectsPerTurn = 256;

}  // namespace

ConnectScenario::ConnectScenario(const Stage& stage) : stage_(stage) {
  const LoadOptions& options = stage.options;
  const Partition& partition = stage.clients.partition();
  Partition in_flight = partition;
  in_flight.clients = options.in_flight;
  in_flight.block = 1;
  in_progress_max_ = options.open_loop() ? partition.size() : in_flight.size();
  const double part = static_cast<double>(partition.size()) / partition.clients;
  schedule_ = Schedule({.rate = options.rate * part,
                        .arrivals = options.arrivals,
                        .seed = options.seed + partition.shard,
                        .phase = static_cast<double>(partition.shard) / partition.shards});
}

void ConnectScenario::prepare() {
  free_.reserve(stage_.clients.size());
  for (std::uint32_t client = stage_.clients.size(); client > 0; --client) {
    free_.push_back(client - 1);
  }
}

void ConnectScenario::begin(base::Instant /*now*/) {
  if (stage_.options.open_loop()) schedule_.start(stage_.window.start);
}

void ConnectScenario::stop(base::Instant /*now*/) { stopped_ = true; }

engine::StepResult ConnectScenario::pump(base::Instant now) {
  if (stopped_ || now < stage_.window.start) return engine::StepResult::done;
  for (std::uint32_t connects = 0; connects < kConnectsPerTurn; ++connects) {
    if (!may_connect()) return engine::StepResult::done;
    base::Instant intended = now;
    if (stage_.options.open_loop()) {
      intended = schedule_.next();
      if (intended > now) return engine::StepResult::done;
      schedule_.advance();
    }
    connect_one(intended, now);
  }
  return engine::StepResult::more;
}

bool ConnectScenario::may_connect() const {
  return !free_.empty() && stage_.clients.in_progress() < in_progress_max_;
}

void ConnectScenario::connect_one(base::Instant intended, base::Instant now) {
  const std::uint32_t client = free_.back();
  free_.pop_back();
  stage_.statistics.sent.add();
  stage_.statistics.owed.add();
  stage_.clients.connect(client, intended);
  if (stage_.options.open_loop() && stage_.window.measures(intended)) {
    stage_.statistics.send_lag.record(static_cast<std::uint64_t>((now - intended).count()));
  }
}

void ConnectScenario::on_open(std::uint32_t client, base::Instant now) {
  const base::Instant intended = stage_.clients.connect_intended(client);
  stage_.statistics.received.add();
  stage_.statistics.record_latency(now - intended, stage_.window.measures(intended));
  if (!stage_.options.hold) stage_.clients.close(client);
}

void ConnectScenario::on_message(std::uint32_t /*client*/, protocol::Opcode /*opcode*/,
                                 std::span<const std::byte> /*message*/, base::Instant /*now*/) {
  ++stage_.statistics.unexpected_messages;
}

void ConnectScenario::on_close(std::uint32_t client, const engine::CloseInfo& /*info*/,
                               base::Instant /*now*/) {
  if (!stage_.options.hold) free_.push_back(client);
}

void ConnectScenario::on_connect_failed(std::uint32_t client,
                                        const engine::ConnectFailure& /*failure*/,
                                        base::Instant /*now*/) {
  free_.push_back(client);
}

base::Instant ConnectScenario::next_deadline() const {
  const bool waits_for_time = !stopped_ && stage_.options.open_loop() && may_connect();
  return waits_for_time ? schedule_.next() : base::kForever;
}

void ConnectScenario::judge(const Ledger& /*ledger*/) {
  while (stage_.options.open_loop() && schedule_.next() < stage_.window.stop) {
    ++stage_.statistics.unsent;
    schedule_.advance();
  }
}

}  // namespace loadgen
