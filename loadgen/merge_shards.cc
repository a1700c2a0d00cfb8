// From what each shard saw to one result.
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
  for (const auto& [text, count] : errors.events) add_error(kinds, "error_event " + text, count);
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

}  // namespace

Ledger account_of(std::span<LoadShard* const> shards, const LoadOptions& options) {
  Ledger ledger(options.groups);
  for (const LoadShard* shard : shards) shard->scenario().account(ledger);
  return ledger;
}

void merge_shards(std::span<LoadShard* const> shards, const Ledger& ledger, RunResult& result) {
  for (LoadShard* shard : shards) shard->scenario().judge(ledger);
  for (const LoadShard* shard : shards) {
    const ShardStatistics& statistics = shard->statistics();
    add_shard(result.report, *shard);
    result.histograms->latency.merge(statistics.latency);
    result.histograms->send_lag.merge(statistics.send_lag);
    result.histograms->connect_latency.merge(statistics.connect_latency);
    // Classes are in the same order in every shard.
    for (std::size_t i = 0; i < statistics.classes.size(); ++i) {
      if (i == result.classes.size()) result.classes.push_back(std::make_unique<ClassStatistics>());
      result.classes[i]->merge(*statistics.classes[i]);
    }
  }
}

}  // namespace loadgen
