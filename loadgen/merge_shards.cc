// From what each shard saw to one report.
#include <memory>
#include <string>

#include "loadgen/ledger.h"
#include "loadgen/load_run.h"

namespace loadgen {

namespace {

Ledger ledger_for(const LoadOptions& options) {
  switch (options.scenario) {
    case ScenarioKind::echo:
      return {options.connections, 1};
    case ScenarioKind::room:
      return {options.rooms, options.publishers};
    case ScenarioKind::connect:
    case ScenarioKind::idle:
      break;
  }
  return {0, 0};
}

void add_error(Report& report, const std::string& kind, std::uint64_t count) {
  if (count > 0) report.errors[kind] += count;
}

void add_errors(Report& report, const ConnectionErrors& errors) {
  for (std::uint8_t i = 0; i < engine::kOutcomeCount; ++i) {
    const auto outcome = static_cast<engine::Outcome>(i);
    add_error(report, "connect_" + std::string(engine::name(outcome)), errors.connect_failures[i]);
  }
  for (const auto& [status, count] : errors.http_refusals) {
    add_error(report, status == 0 ? "handshake_failed" : "http_" + std::to_string(status), count);
  }
  for (std::uint8_t i = 0; i < engine::kCloseReasonCount; ++i) {
    const std::string reason(engine::name(static_cast<engine::CloseReason>(i)));
    add_error(report, "handshake_" + reason, errors.handshake_closes[i]);
    add_error(report, "disconnect_" + reason, errors.closes[i]);
  }
}

void add_audit(AuditCounts& all, const AuditCounts& one) {
  all.checked += one.checked;
  all.lost += one.lost;
  all.duplicates += one.duplicates;
  all.disorder += one.disorder;
  all.corrupt += one.corrupt;
  all.misdelivered += one.misdelivered;
}

void add_measured(Marks& all, const Marks& from, const Marks& to) {
  all.sent += to.sent - from.sent;
  all.received += to.received - from.received;
  all.payload_bytes_sent += to.payload_bytes_sent - from.payload_bytes_sent;
  all.payload_bytes_received += to.payload_bytes_received - from.payload_bytes_received;
  all.socket_bytes_sent += to.socket_bytes_sent - from.socket_bytes_sent;
  all.socket_bytes_received += to.socket_bytes_received - from.socket_bytes_received;
}

void add_shard(Report& report, const LoadShard& shard) {
  const ShardStatistics& statistics = shard.statistics();
  report.connections_opened += statistics.opened.value();
  report.connections_failed += statistics.failed.value();
  add_error(report, "connect_unanswered",
            statistics.connects.value() - statistics.opened.value() - statistics.failed.value());
  report.disconnects += statistics.disconnects.value();
  report.pings_answered += shard.session_counters().pings_answered.value();
  report.stalls += statistics.stalls;
  report.skipped += statistics.skipped;
  report.unsent += statistics.unsent;
  add_audit(report.audit, statistics.audit);
  add_error(report, "unexpected_messages", statistics.unexpected_messages);
  add_errors(report, statistics.errors);
  add_measured(report.measured, statistics.at_measure_from, statistics.at_stop);
}

void add_cost(ProcessReport& process, double seconds, std::uint64_t messages) {
  if (seconds > 0) process.cpus_busy = base::to_seconds(process.cpu.total) / seconds;
  if (messages == 0) return;
  process.cpu_ns_per_message =
      static_cast<double>(process.cpu.total.count()) / static_cast<double>(messages);
}

}  // namespace

void merge_shards(std::span<LoadShard* const> shards, Report& report) {
  Ledger ledger = ledger_for(report.options);
  for (LoadShard* shard : shards) shard->scenario().account(ledger);
  for (LoadShard* shard : shards) shard->scenario().judge(ledger);
  // On the heap: each of these is 36 KiB.
  struct Histograms {
    base::Histogram latency;
    base::Histogram send_lag;
    base::Histogram connect_latency;
  };
  const auto all = std::make_unique<Histograms>();
  for (const LoadShard* shard : shards) {
    add_shard(report, *shard);
    all->latency.merge(shard->statistics().latency);
    all->send_lag.merge(shard->statistics().send_lag);
    all->connect_latency.merge(shard->statistics().connect_latency);
  }
  report.latency = LatencySummary::of(all->latency);
  report.latency_buckets = buckets_of(all->latency);
  report.send_lag = LatencySummary::of(all->send_lag);
  report.connect_latency = LatencySummary::of(all->connect_latency);
  const double seconds = base::to_seconds(report.times.measured);
  if (seconds > 0) report.throughput = static_cast<double>(report.measured.received) / seconds;
  add_cost(report.client, seconds, report.measured.received);
  if (report.server) add_cost(*report.server, seconds, report.measured.received);
}

}  // namespace loadgen
