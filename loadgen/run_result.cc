#include "loadgen/run_result.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace loadgen {

namespace {

void add_kinds(std::map<std::string, std::uint64_t>& all,
               const std::map<std::string, std::uint64_t>& one) {
  for (const auto& [kind, count] : one) all[kind] += count;
}

MemoryUse sum(const MemoryUse& a, const MemoryUse& b) {
  return {.resident = a.resident + b.resident,
          .resident_anonymous = a.resident_anonymous + b.resident_anonymous,
          .resident_peak = a.resident_peak + b.resident_peak,
          .proportional = a.proportional + b.proportional};
}

void add_client(ProcessReport& all, const ProcessReport& one) {
  all.cpu.total += one.cpu.total;
  all.cpu.user_ticks += one.cpu.user_ticks;
  all.cpu.system_ticks += one.cpu.system_ticks;
  all.memory_before = sum(all.memory_before, one.memory_before);
  all.memory_connected = sum(all.memory_connected, one.memory_connected);
  all.memory_after = sum(all.memory_after, one.memory_after);
}

void add_marks(Marks& all, const Marks& one) {
  all.sent += one.sent;
  all.received += one.received;
  all.payload_bytes_sent += one.payload_bytes_sent;
  all.payload_bytes_received += one.payload_bytes_received;
  all.socket_bytes_sent += one.socket_bytes_sent;
  all.socket_bytes_received += one.socket_bytes_received;
}

void add_report(Report& all, const Report& one) {
  all.interrupted |= one.interrupted;
  all.times.connecting = std::max(all.times.connecting, one.times.connecting);
  all.times.measured = std::max(all.times.measured, one.times.measured);
  all.times.draining = std::max(all.times.draining, one.times.draining);
  all.connections_opened += one.connections_opened;
  all.connections_failed += one.connections_failed;
  all.connections_open_at_stop += one.connections_open_at_stop;
  all.disconnects += one.disconnects;
  all.pings_answered += one.pings_answered;
  all.stalls += one.stalls;
  all.skipped += one.skipped;
  all.unsent += one.unsent;
  all.audit.add(one.audit);
  add_kinds(all.errors, one.errors);
  add_kinds(all.forgiven, one.forgiven);
  for (std::uint8_t i = 0; i < kTallyCount; ++i) all.tallies[i] += one.tallies[i];
  add_marks(all.measured, one.measured);
  add_client(all.client, one.client);
  for (const std::string& failure : one.failures) {
    const bool known =
        std::find(all.failures.begin(), all.failures.end(), failure) != all.failures.end();
    if (!known) all.failures.push_back(failure);
  }
}

void add_cost(ProcessReport& process, double seconds, std::uint64_t messages) {
  if (seconds > 0) process.cpus_busy = base::to_seconds(process.cpu.total) / seconds;
  if (messages == 0) return;
  process.cpu_ns_per_message =
      static_cast<double>(process.cpu.total.count()) / static_cast<double>(messages);
}

}  // namespace

RunResult merge_results(std::vector<RunResult> parts) {
  CHECK(!parts.empty());
  RunResult all = std::move(parts.front());
  std::vector<RunSeries> series{std::move(all.report.series)};
  for (std::size_t i = 1; i < parts.size(); ++i) {
    RunResult& part = parts[i];
    add_report(all.report, part.report);
    all.histograms->latency.merge(part.histograms->latency);
    all.histograms->send_lag.merge(part.histograms->send_lag);
    all.histograms->connect_latency.merge(part.histograms->connect_latency);
    // Classes are in the same order everywhere; a process that gave up may have none.
    if (all.classes.empty()) all.classes = std::move(part.classes);
    const std::size_t both = std::min(all.classes.size(), part.classes.size());
    for (std::size_t j = 0; j < both; ++j) all.classes[j]->merge(*part.classes[j]);
    if (!part.report.series.traffic.empty()) series.push_back(std::move(part.report.series));
  }
  all.report.series = series.size() > 1 ? merge_series(series) : std::move(series.front());
  return all;
}

Report finish_report(RunResult result) {
  Report& report = result.report;
  const double seconds = base::to_seconds(report.times.measured);
  for (const auto& one : result.classes) report.classes.push_back(ClassReport::of(*one, seconds));
  report.latency = LatencySummary::of(result.histograms->latency);
  report.latency_buckets = buckets_of(result.histograms->latency);
  report.send_lag = LatencySummary::of(result.histograms->send_lag);
  report.connect_latency = LatencySummary::of(result.histograms->connect_latency);
  if (seconds > 0) report.throughput = static_cast<double>(report.measured.received) / seconds;
  add_cost(report.client, seconds, report.measured.received);
  if (report.server) add_cost(*report.server, seconds, report.measured.received);
  return std::move(report);
}

}  // namespace loadgen
