#include "loadgen/load_run.h"

#include <fmt/core.h>

#include <algorithm>
#include <thread>

#include "engine/shard/host_limits.h"
#include "loadgen/clock.h"
#include "loadgen/host_limits.h"
#include "loadgen/scenarios/make_scenario.h"

namespace loadgen {

namespace {

constexpr base::Duration kLook = std::chrono::milliseconds{10};
constexpr base::Duration kProgressLook = std::chrono::milliseconds{250};
// Between the last connect and the first message: what a join sets in motion has settled.
constexpr base::Duration kSettleTime = std::chrono::milliseconds{100};
// From the decision to start until the start, so that every shard hears of it in time.
constexpr base::Duration kStartDelay = std::chrono::milliseconds{10};
// A drain in which nothing comes for so long is over.
constexpr base::Duration kDrainQuiet = std::chrono::seconds{2};
// After everybody is back from a storm.
constexpr base::Duration kCalmTime = std::chrono::seconds{1};
// How long the close handshakes at the end may take.
constexpr base::Duration kGoodbye = std::chrono::milliseconds{400};

}  // namespace

LoadRun::LoadRun(const LoadOptions& options, PublishedBoard& board, SharedRun& shared)
    : options_(options),
      shared_(shared),
      factory_(options, control_, board),
      self_(ProcessProbe::self()) {
  report_.options = options;
  report_.machine = Machine::look();
}

base::Result<std::unique_ptr<LoadRun>> LoadRun::open(const LoadOptions& options,
                                                     PublishedBoard& board, SharedRun& shared) {
  engine::raise_open_file_limit();
  const base::Status limits = HostLimits::look().check(options);
  if (!limits.ok()) return limits.error();
  std::unique_ptr<LoadRun> run(new LoadRun(options, board, shared));
  if (options.server_pid) {
    auto server = ProcessProbe::open(*options.server_pid);
    if (!server.ok()) return server.error();
    run->server_ = server.take();
  }
  run->host_.emplace(run->server_ ? run->server_->pid() : run->self_.pid());
  engine::ShardGroupOptions group;
  group.shards = options.shards;
  group.cpus = options.cpus;
  group.driver.descriptors = descriptors_per_shard(options);
  group.park_after = {};  // A generator rather spends memory than time.
  group.driver.gather = options.gather;
  group.driver.seed = options.seed;
  group.thread_name = "load";
  auto opened = engine::ShardGroup::open(group, run->factory_);
  if (!opened.ok()) return opened.error();
  if (!run->factory_.status().ok()) return run->factory_.status().error();
  run->group_ = opened.take();
  run->recorder_.emplace(run->factory_.shards(), run->self_, run->server_, *run->host_);
  return run;
}

RunResult LoadRun::execute(Interrupts& interrupts, Progress& progress) {
  interrupts_ = &interrupts;
  progress_ = &progress;
  if (server_) {
    report_.server = ProcessReport{.pid = server_->pid(), .name = server_->name()};
  }
  report_.client.pid = self_.pid();
  report_.client.name = self_.name();
  note_memory(&ProcessReport::memory_before, &HostReport::memory_before);
  if (const base::Status status = group_->start(); !status.ok()) {
    report_.failures.push_back(status.error().message);
    shared_.give_up();
    return std::move(result_);
  }
  recorder_->begin(monotonic_now());
  connect();
  reach(RunPhase::connected, "waiting");
  const bool nothing_open = connects_first(options_.scenario) && totals().open == 0;
  if (nothing_open) report_.failures.emplace_back("no connection could be opened");
  report_.connections_open_at_stop = own_totals().open;
  if (!nothing_open && !interrupts_->interrupted() && !shared_.given_up()) {
    measure();
    drain();
  }
  reach(RunPhase::drained, "waiting");
  end();
  return std::move(result_);
}

// ---- Phases -------------------------------------------------------------------------------------

void LoadRun::connect() {
  if (!connects_first(options_.scenario)) return;
  const base::Instant began = monotonic_now();
  base::Instant moved = began;
  std::uint64_t settled = 0;
  const std::uint64_t wanted = options_.own_connections();
  while (settled < wanted) {
    if (wait_until(monotonic_now() + kLook, "connecting")) break;
    const RunTotals now = own_totals();
    if (now.opened + now.failed != settled) moved = monotonic_now();
    settled = now.opened + now.failed;
    if (monotonic_now() - moved > options_.connect_timeout) {
      report_.failures.push_back(fmt::format("{} of {} connects had no answer within {:.0f}s",
                                             wanted - settled, wanted,
                                             base::to_seconds(options_.connect_timeout)));
      break;
    }
  }
  report_.times.connecting = monotonic_now() - began;
  static_cast<void>(wait_until(monotonic_now() + kSettleTime, "settling"));
  wait_for_entries();
  note_memory(&ProcessReport::memory_connected, &HostReport::memory_connected);
}

// Clients that still have something to say before they can hear anything: each has been told so by
// its scenario since it is open, hence before the settling was over.
void LoadRun::wait_for_entries() {
  base::Instant moved = monotonic_now();
  std::uint64_t before = own_totals().awaited;
  while (own_totals().awaited > 0) {
    if (wait_until(monotonic_now() + kLook, "entering")) return;
    const std::uint64_t awaited = own_totals().awaited;
    if (awaited != before) moved = monotonic_now();
    before = awaited;
    if (monotonic_now() - moved <= options_.connect_timeout) continue;
    report_.failures.push_back(
        fmt::format("{} clients were not let into their rooms within {:.0f}s", awaited,
                    base::to_seconds(options_.connect_timeout)));
    return;
  }
}

void LoadRun::measure() {
  if (options_.process == 0) shared_.set_start(monotonic_now() + kStartDelay);
  while (shared_.start() == base::kForever && !shared_.given_up()) {
    if (wait_until(monotonic_now() + kLook, "waiting")) return;
  }
  if (shared_.given_up()) return;
  const base::Instant start = shared_.start();
  const base::Instant measure_from = start + options_.warm_up;
  const base::Instant stop = measure_from + options_.duration;
  control_.set_start(start);
  ring_shards();
  static_cast<void>(wait_until(measure_from, "warming up"));
  const Usage before = usage();
  const base::Instant measured_from = monotonic_now();
  const bool may_end_early = ends_when_complete(options_);
  while (monotonic_now() < stop && !shared_.given_up()) {
    if (may_end_early && options_.process == 0 && is_complete()) shared_.set_stop(monotonic_now());
    if (shared_.stop() != base::kForever) break;
    const bool looks = may_end_early || options_.processes > 1;
    const base::Instant look = looks ? monotonic_now() + kLook : stop;
    if (wait_until(std::min(stop, look), "measuring")) break;
  }
  const Usage after = usage();
  const base::Instant stopped = monotonic_now();
  if (stopped < stop) {
    control_.set_stop(stopped);
    ring_shards();
  }
  report_.times.warming_up = measured_from - start;
  report_.times.measured = stopped - measured_from;
  report_.connections_open_at_stop = own_totals().open;
  report_.client.cpu = after.client - before.client;
  if (report_.server) report_.server->cpu = after.server - before.server;
  recorder_->set_measured(measured_from, stopped);
  note_memory(&ProcessReport::memory_after, &HostReport::memory_after);
}

// What is under way may still arrive. Over when all has, when nothing more comes, or too late.
void LoadRun::drain() {
  const base::Instant began = monotonic_now();
  base::Instant moved = began;
  std::uint64_t received = 0;
  while (monotonic_now() - began < options_.drain_timeout &&
         monotonic_now() - moved < kDrainQuiet) {
    const RunTotals now = totals();
    if (now.received != received) moved = monotonic_now();
    received = now.received;
    if (interrupts_->interrupted() && monotonic_now() - began > kGoodbye) break;
    watch("draining");
    std::this_thread::sleep_for(kLook);
    // A shard that had not looked at the clock yet may still have sent something.
    const RunTotals later = totals();
    const std::uint64_t failed = connects_first(options_.scenario) ? 0 : later.failed;
    const bool complete = later.received + failed >= later.owed && later.awaited == 0;
    if (later.owed == now.owed && complete) break;
  }
  report_.times.draining = monotonic_now() - began;
}

void LoadRun::end() {
  progress_->clear();
  report_.series = recorder_->end(monotonic_now());
  report_.interrupted = interrupts_->interrupted();
  group_->drain(kGoodbye);
  group_->join();
  shared_.tell(options_.process, account_of(factory_.shards(), options_));
  reach(RunPhase::accounted, "waiting");
  merge_shards(factory_.shards(), shared_.ledger(options_.groups), result_);
}

// Waits until every process has come so far, or one has given up.
void LoadRun::reach(RunPhase phase, std::string_view name) {
  totals();
  shared_.reach(options_.process, phase);
  while (!shared_.all_reached(phase) && !shared_.given_up()) {
    if (phase != RunPhase::accounted) watch(name);
    totals();
    std::this_thread::sleep_for(kLook);
  }
}

// ---- Watching -----------------------------------------------------------------------------------

// True when interrupted.
bool LoadRun::wait_until(base::Instant instant, std::string_view phase) {
  while (monotonic_now() < instant) {
    watch(phase);
    const base::Instant look = std::min(monotonic_now() + kProgressLook, recorder_->due());
    if (interrupts_->wait_until(std::min(instant, look))) return true;
  }
  return interrupts_->interrupted();
}

// A connect run that holds what it opens is over when everything is open; a storm, when everybody
// has been back for long enough to show what their return did to the others.
bool LoadRun::is_complete() {
  if (options_.scenario == ScenarioKind::connect) return totals().open >= options_.connections;
  const base::Instant now = monotonic_now();
  if (totals().awaited > 0) calm_since_ = base::kForever;
  if (totals().awaited == 0 && calm_since_ == base::kForever) calm_since_ = now;
  return calm_since_ != base::kForever && now - calm_since_ >= kCalmTime;
}

void LoadRun::ring_shards() noexcept {
  for (const auto& shard : group_->shards()) shard->driver().wake_from_outside();
}

void LoadRun::watch(std::string_view phase) {
  const base::Instant now = monotonic_now();
  recorder_->look(now);
  if (!progress_->due(now)) return;
  const RunTotals all = totals();
  progress_->show(now, {.phase = phase,
                        .open = all.open,
                        .failed = all.failed,
                        .sent = all.sent,
                        .received = all.received});
}

RunTotals LoadRun::own_totals() const {
  RunTotals totals;
  for (const LoadShard* shard : factory_.shards()) {
    const ShardStatistics& statistics = shard->statistics();
    totals.opened += statistics.opened.value();
    totals.failed += statistics.failed.value();
    totals.open += statistics.open.value();
    totals.sent += statistics.sent.value();
    totals.received += statistics.received.value();
    totals.owed += statistics.owed.value();
    totals.awaited += statistics.awaited.value();
  }
  return totals;
}

// Of all processes, and tells them our own.
RunTotals LoadRun::totals() {
  shared_.tell(options_.process, own_totals());
  return shared_.totals();
}

LoadRun::Usage LoadRun::usage() const {
  return {.client = self_.cpu(), .server = server_ ? server_->cpu() : CpuTime{}};
}

void LoadRun::note_memory(MemoryUse ProcessReport::* when, HostMemory HostReport::* host_when) {
  report_.client.*when = self_.memory();
  if (report_.server) (*report_.server).*when = server_->memory();
  report_.host.*host_when = host_->look_closely();
}

}  // namespace loadgen
