#include "loadgen/report.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

namespace loadgen {

namespace {

// A generator that has less than this to spare of its processors is itself what was measured.
constexpr double kBusyHigh = 0.9;
// An open loop that sends this late, at the 99th percentile, no longer keeps to its schedule.
constexpr std::uint64_t kSendLagHighNanoseconds = 1'000'000;

std::optional<double> latency_figure(const LatencySummary& latency, Metric metric) {
  using Field = std::uint64_t LatencySummary::*;
  constexpr std::array<std::pair<Metric, Field>, 6> kFields{
      {{Metric::p50, &LatencySummary::p50},
       {Metric::p90, &LatencySummary::p90},
       {Metric::p99, &LatencySummary::p99},
       {Metric::p99_9, &LatencySummary::p99_9},
       {Metric::p99_99, &LatencySummary::p99_99},
       {Metric::max, &LatencySummary::max}}};
  if (latency.count == 0) return std::nullopt;
  if (metric == Metric::mean) return latency.mean;
  for (const auto& [named, field] : kFields) {
    if (named == metric) return static_cast<double>(latency.*field);
  }
  return std::nullopt;
}

std::optional<double> audit_figure(const AuditCounts& audit, Metric metric) {
  using Field = std::uint64_t AuditCounts::*;
  constexpr std::array<std::pair<Metric, Field>, 4> kFields{
      {{Metric::lost, &AuditCounts::lost},
       {Metric::duplicates, &AuditCounts::duplicates},
       {Metric::disorder, &AuditCounts::disorder},
       {Metric::corrupt, &AuditCounts::corrupt}}};
  for (const auto& [named, field] : kFields) {
    if (named == metric) return static_cast<double>(audit.*field);
  }
  return std::nullopt;
}

// What a class may have; the whole run has these too.
std::optional<double> common_figure(const LatencySummary& latency, const AuditCounts& audit,
                                    double throughput, Metric metric) {
  if (metric == Metric::throughput) return throughput;
  if (const auto value = latency_figure(latency, metric)) return value;
  return audit_figure(audit, metric);
}

// How long it took until all that were dropped were back.
std::optional<double> back_figure(const Report& report) {
  const ClassReport* back = report.find_class("back");
  if (back == nullptr || back->latency.count == 0) return std::nullopt;
  if (report.tally(Tally::missing) > 0) return std::nullopt;
  return static_cast<double>(back->latency.max);
}

std::optional<double> figure(const Report& report, const Expectation& expectation) {
  const Metric metric = expectation.metric;
  if (!expectation.subject.empty()) {
    const ClassReport* found = report.find_class(expectation.subject);
    if (found == nullptr) return std::nullopt;
    return common_figure(found->latency, found->audit, found->throughput, metric);
  }
  if (const auto tally = tally_of(metric)) return static_cast<double>(report.tally(*tally));
  if (metric == Metric::errors) return static_cast<double>(report.error_count());
  if (metric == Metric::connected) return static_cast<double>(report.connections_open_at_stop);
  if (metric == Metric::back) return back_figure(report);
  if (metric == Metric::cpu_per_message) {
    if (!report.server || report.server->cpu_ns_per_message <= 0) return std::nullopt;
    return report.server->cpu_ns_per_message;
  }
  return common_figure(report.latency, report.audit, report.throughput, metric);
}

std::string figure_text(Metric metric, double value) {
  if (!is_time(metric)) return fmt::format("{:.12g}", value);
  if (value < 1e3) return fmt::format("{:.0f}ns", value);
  if (value < 1e6) return fmt::format("{:.3g}us", value / 1e3);
  if (value < 1e9) return fmt::format("{:.4g}ms", value / 1e6);
  return fmt::format("{:.4g}s", value / 1e9);
}

void judge_expectations(Report& report) {
  for (const Expectation& expectation : report.options.expectations) {
    ExpectationResult result{.expectation = expectation, .value = figure(report, expectation)};
    result.met = result.value.has_value() && expectation.met_by(*result.value);
    if (!result.value) {
      report.failures.push_back(fmt::format("expected {}, but this run has no {}", expectation.text,
                                            expectation.figure_name()));
    } else if (!result.met) {
      report.failures.push_back(fmt::format("expected {}, but {} was {}", expectation.text,
                                            expectation.figure_name(),
                                            figure_text(expectation.metric, *result.value)));
    }
    report.expectations.push_back(std::move(result));
  }
}

void judge_audit(Report& report) {
  const AuditCounts& audit = report.audit;
  if (audit.faults() == 0) return;
  report.failures.push_back(fmt::format(
      "the audit found {} lost, {} duplicates, {} disorder, {} corrupt, {} misdelivered, "
      "{} misreported",
      audit.lost, audit.duplicates, audit.disorder, audit.corrupt, audit.misdelivered,
      audit.misreported));
}

// Failed connections fail the run, unless an expectation says how many are acceptable.
void judge_errors(Report& report) {
  const bool judged = std::any_of(
      report.options.expectations.begin(), report.options.expectations.end(),
      [](const Expectation& expectation) {
        return expectation.metric == Metric::errors || expectation.metric == Metric::connected;
      });
  if (judged || report.errors.empty()) return;
  std::string kinds;
  for (const auto& [kind, count] : report.errors) {
    kinds += fmt::format("{}{} {}", kinds.empty() ? "" : ", ", count, kind);
  }
  report.failures.push_back("there were errors: " + kinds);
}

void warn(Report& report) {
  if (report.client.cpus_busy > kBusyHigh * report.options.all_shards()) {
    report.warnings.push_back(fmt::format(
        "the generator itself was busy for {:.0f}% of its {} shard(s): its limits may "
        "be what was measured",
        100 * report.client.cpus_busy / report.options.all_shards(), report.options.all_shards()));
  }
  if (report.send_lag.p99 > kSendLagHighNanoseconds) {
    report.warnings.push_back(fmt::format(
        "the generator sent late: p99 {:.1f}ms after the intended time; latency counts from the "
        "intended time all the same",
        static_cast<double>(report.send_lag.p99) / 1e6));
  }
  if (report.unsent > 0) {
    report.warnings.push_back(
        fmt::format("{} intended messages were never sent: the rate is above what was possible",
                    report.unsent));
  }
  if (report.skipped > 0) {
    report.warnings.push_back(
        fmt::format("{} intended messages had no connection to go out on", report.skipped));
  }
  if (report.stalls > 0) {
    report.warnings.push_back(fmt::format(
        "{} times a closed loop went on without the answer it waited for", report.stalls));
  }
}

}  // namespace

LatencySummary LatencySummary::of(const base::Histogram& histogram) {
  return {.count = histogram.count(),
          .min = histogram.min(),
          .p50 = histogram.percentile(50),
          .p90 = histogram.percentile(90),
          .p99 = histogram.percentile(99),
          .p99_9 = histogram.percentile(99.9),
          .p99_99 = histogram.percentile(99.99),
          .max = histogram.max(),
          .mean = histogram.mean()};
}

std::vector<LatencyBucket> buckets_of(const base::Histogram& histogram) {
  std::vector<LatencyBucket> buckets;
  histogram.for_each_bucket([&buckets](std::uint64_t upper_end, std::uint64_t count) {
    buckets.push_back({.upper_end = upper_end, .count = count});
  });
  return buckets;
}

ClassReport ClassReport::of(const ClassStatistics& statistics, double seconds) {
  return {.name = statistics.name,
          .sent = statistics.sent,
          .received = statistics.received,
          .throughput = seconds > 0 ? static_cast<double>(statistics.received) / seconds : 0,
          .latency = LatencySummary::of(statistics.latency),
          .audit = statistics.audit};
}

const ClassReport* Report::find_class(std::string_view name) const {
  for (const ClassReport& one : classes) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

std::uint64_t Report::error_count() const {
  std::uint64_t count = 0;
  for (const auto& [kind, number] : errors) count += number;
  return count;
}

void judge(Report& report) {
  judge_audit(report);
  judge_errors(report);
  judge_expectations(report);
  warn(report);
}

}  // namespace loadgen
