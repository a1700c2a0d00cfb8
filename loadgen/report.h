// Report: what came out of a run, merged over its shards; what the table and the JSON are made of.
//
// Plain values, made once on the main thread when the shards have ended.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/histogram.h"
#include "base/time.h"
#include "loadgen/load_options.h"
#include "loadgen/machine.h"
#include "loadgen/process_probe.h"
#include "loadgen/series/run_series.h"
#include "loadgen/shard_statistics.h"

namespace loadgen {

struct LatencySummary {
  std::uint64_t count = 0;
  std::uint64_t min = 0;  // All in nanoseconds.
  std::uint64_t p50 = 0;
  std::uint64_t p90 = 0;
  std::uint64_t p99 = 0;
  std::uint64_t p99_9 = 0;
  std::uint64_t p99_99 = 0;
  std::uint64_t max = 0;
  double mean = 0;

  static LatencySummary of(const base::Histogram& histogram);
};

// Of a histogram: so many values were at most `upper_end` nanoseconds, and above the bucket before.
struct LatencyBucket {
  std::uint64_t upper_end = 0;
  std::uint64_t count = 0;
};

std::vector<LatencyBucket> buckets_of(const base::Histogram& histogram);

// One class of a run that has several, over the measured time but for the audit.
struct ClassReport {
  std::string name;
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  double throughput = 0;  // Received per second.
  LatencySummary latency;
  AuditCounts audit;

  static ClassReport of(const ClassStatistics& statistics, double seconds);
};

// What one side used, over the measured time but for the memory.
struct ProcessReport {
  pid_t pid = 0;
  std::string name;
  CpuTime cpu{};
  double cpus_busy = 0;           // Processors in use on average.
  double cpu_ns_per_message = 0;  // 0 when there were none.
  MemoryUse memory_before{};      // Before the first connect.
  MemoryUse memory_connected{};   // When all were connected.
  MemoryUse memory_after{};       // At the end of the measured time.
};

// The host's memory at the same three instants; what connections cost the kernel is in it.
struct HostReport {
  HostMemory memory_before;
  HostMemory memory_connected;
  HostMemory memory_after;
};

struct ExpectationResult {
  Expectation expectation;
  std::optional<double> value{};  // None: the run has no such figure.
  bool met = false;
};

// How long each part of the run took.
struct RunTimes {
  base::Duration connecting{};
  base::Duration warming_up{};
  base::Duration measured{};
  base::Duration draining{};
};

struct Report {
  LoadOptions options;
  Machine machine;
  RunTimes times;
  bool interrupted = false;

  // Over the whole run.
  std::uint64_t connections_opened = 0;
  std::uint64_t connections_failed = 0;
  std::uint64_t connections_open_at_stop = 0;
  std::uint64_t disconnects = 0;
  std::uint64_t pings_answered = 0;
  std::uint64_t stalls = 0;
  std::uint64_t skipped = 0;
  std::uint64_t unsent = 0;
  AuditCounts audit;
  std::map<std::string, std::uint64_t> errors;  // By kind; those that did not happen are left out.
  std::map<std::string, std::uint64_t> forgiven;  // The same, of what the scenario had planned for.
  Tallies tallies{};

  // Over the measured time.
  Marks measured;         // Differences.
  double throughput = 0;  // Received per second.
  LatencySummary latency;
  std::vector<LatencyBucket> latency_buckets;
  LatencySummary send_lag;
  LatencySummary connect_latency;  // Over the whole run.
  std::vector<ClassReport> classes;

  ProcessReport client;
  std::optional<ProcessReport> server;
  HostReport host;
  RunSeries series;  // Over the whole run.

  std::vector<ExpectationResult> expectations;
  std::vector<std::string> failures;  // One line each: why the run did not pass.
  std::vector<std::string> warnings;  // One line each: why its figures may not mean what they say.

  std::uint64_t error_count() const;
  std::uint64_t tally(Tally tally) const noexcept {
    return tallies[static_cast<std::size_t>(tally)];
  }
  // Null when the run has no class of that name.
  const ClassReport* find_class(std::string_view name) const;
  bool passed() const noexcept { return failures.empty(); }
};

// Fills `expectations`, `failures` and `warnings` by all the rest.
void judge(Report& report);

}  // namespace loadgen
