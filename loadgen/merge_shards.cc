// From what each shard saw to one report.
#include <memory>
#include <string>

#include "loadgen/ledger.h"
#include "loadgen/load_run.h"

namespace loadgen {

namespace {

using Kinds = std::map<std::string, std::uint64_t>;

void add_error(Kinds& kinds, const std::string& kind, std::uint64_t count) {
  if (count > 0) kinds[kind] += count;
}

// By kind; those that did not happen are left out.
void add_errors(Kinds& kinds, const ConnectionErrors& errors) {
  for (std::uint8_t i = 0; i < engine::kOutcomeCount; ++i) {
    const auto outcome = static_cast<engine::Outcome>(i);
    add_error(kinds, "connect_" + std::string(engine::name(outcome)), errors.connect_failures[i]);
  }
  for (const auto& [status, count] : errors.http_refusals) {
    add_error(kinds, status == 0 ? "handshake_failed" : "http_" + std::to_string(status), count);
  }
  for (std::uint8_t i = 0; i < engine::kCloseReasonCount; ++i) {
    const std::string reason(engine::name(static_cast<engine::CloseReason>(i)));
    add_error(kinds, "handshake_" + reason, errors.handshake_closes[i]);
    add_error(kinds, "disconnect_" + reason, errors.closes[i]);
  }
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
  add_error(report.errors, "connect_unanswered",
            statistics.connects.value() - statistics.opened.value() - statistics.failed.value());
  report.disconnects += statistics.disconnects.value();
  report.pings_answered += shard.session_counters().pings_answered.value();
  report.stalls += statistics.stalls;
  report.skipped += statistics.skipped;
  report.unsent += statistics.unsent;
  report.audit.add(statistics.audit);
  for (std::uint8_t i = 0; i < kTallyCount; ++i) report.tallies[i] += statistics.tallies[i];
  add_error(report.errors, "unexpected_messages", statistics.unexpected_messages);
  add_errors(report.errors, statistics.errors);
  add_errors(report.forgiven, statistics.forgiven);
  add_measured(report.measured, statistics.at_measure_from, statistics.at_stop);
}

// Classes are in the same order in every shard.
void merge_classes(std::span<LoadShard* const> shards, Report& report) {
  if (shards.empty()) return;
  const double seconds = base::to_seconds(report.times.measured);
  for (std::size_t i = 0; i < shards.front()->statistics().classes.size(); ++i) {
    ClassStatistics all;
    for (const LoadShard* shard : shards) all.merge(*shard->statistics().classes[i]);
    report.classes.push_back(ClassReport::of(all, seconds));
  }
}

void add_cost(ProcessReport& process, double seconds, std::uint64_t messages) {
  if (seconds > 0) process.cpus_busy = base::to_seconds(process.cpu.total) / seconds;
  if (messages == 0) return;
  process.cpu_ns_per_message =
      static_cast<double>(process.cpu.total.count()) / static_cast<double>(messages);
}

}  // namespace

void merge_shards(std::span<LoadShard* const> shards, Report& report) {
  Ledger ledger(report.options.groups);
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
  merge_classes(shards, report);
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
