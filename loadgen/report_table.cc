#include "loadgen/report_table.h"

#include <fmt/core.h>

#include <string_view>

#include "base/duration_text.h"
#include "loadgen/figure_text.h"

namespace loadgen {

namespace {

void add_line(std::string& table, std::string_view label, const std::string& text) {
  table += fmt::format("  {:<13} {}\n", label, text);
}

std::string latency_text(const LatencySummary& latency) {
  return fmt::format("p50 {}  p90 {}  p99 {}  p99.9 {}  p99.99 {}  max {}  mean {}",
                     time_text(latency.p50), time_text(latency.p90), time_text(latency.p99),
                     time_text(latency.p99_9), time_text(latency.p99_99), time_text(latency.max),
                     time_text(latency.mean));
}

std::string size_text(const SizeRange& size) {
  if (size.least == size.most) return fmt::format("{} B", size.least);
  return fmt::format("{} to {} B", size.least, size.most);
}

std::string load_text(const LoadOptions& options) {
  const std::string_view what = options.scenario == ScenarioKind::connect ? "connects" : "messages";
  if (options.open_loop()) {
    return fmt::format("{} {}/s{}", grouped(static_cast<std::uint64_t>(options.rate)), what,
                       options.arrivals == Arrivals::poisson ? " (Poisson)" : "");
  }
  return fmt::format("{} in flight{}", options.in_flight,
                     options.scenario == ScenarioKind::connect ? "" : " per publisher");
}

void add_heading(std::string& table, const Report& report) {
  const LoadOptions& options = report.options;
  table += fmt::format("{} {}", name(options.scenario), options.target.url);
  if (report.interrupted) table += "  (interrupted)";
  table += "\n  " + grouped(options.connections) + " connections";
  if (options.scenario == ScenarioKind::storm) {
    table += fmt::format(", {} of them to be cut off; the others", grouped(options.storm.crowd));
  }
  if (options.scenario == ScenarioKind::mixed) {
    table += fmt::format(", {} rooms", options.rooms);
  } else if (options.members > 1) {
    table += fmt::format(", {} rooms of {} with {} publisher(s) each", options.rooms,
                         options.members, options.publishers);
  }
  if (options.native.tenants > 1) table += fmt::format(" in {} tenants", options.native.tenants);
  if (options.rooms_each > 1) {
    table += fmt::format(", each in {} rooms", options.rooms_each);
  }
  if (options.scenario != ScenarioKind::idle) table += ", " + load_text(options);
  if (sends_messages(options.scenario) && options.classes.empty())
    table += ", " + size_text(options.size);
  table += fmt::format(
      "; {} after {} of warm-up; {} shard(s){}, seed {}\n",
      time_text(static_cast<std::uint64_t>(report.times.measured.count())),
      base::format_duration(options.warm_up), options.shards,
      options.processes > 1 ? fmt::format(" in each of {} processes", options.processes) : "",
      options.seed);
  if (options.scenario != ScenarioKind::idle) {
    table += options.open_loop() ? "  open loop: latency counts from the intended time\n"
                                 : "  closed loop: coordinated omission possible\n";
  }
  table += "\n";
}

void add_messages(std::string& table, const Report& report) {
  const bool connects = report.options.scenario == ScenarioKind::connect;
  add_line(table, "throughput",
           fmt::format("{} {}/s  ({} sent, {} received)",
                       grouped(static_cast<std::uint64_t>(report.throughput)),
                       connects ? "connects" : "messages", grouped(report.measured.sent),
                       grouped(report.measured.received)));
  if (report.latency.count > 0) add_line(table, "latency", latency_text(report.latency));
  if (report.send_lag.count > 0) {
    add_line(table, "sent late by",
             fmt::format("p50 {}  p99 {}  max {}", time_text(report.send_lag.p50),
                         time_text(report.send_lag.p99), time_text(report.send_lag.max)));
  }
  if (connects) return;
  const AuditCounts& audit = report.audit;
  add_line(
      table, "audit",
      fmt::format("{} checked: {} lost, {} duplicates, {} disorder, {} corrupt, {} misdelivered, "
                  "{} misreported",
                  grouped(audit.checked), audit.lost, audit.duplicates, audit.disorder,
                  audit.corrupt, audit.misdelivered, audit.misreported));
}

void add_connections(std::string& table, const Report& report) {
  std::string text = fmt::format(
      "{} open at the end, {} opened, {} failed, {} lost", grouped(report.connections_open_at_stop),
      grouped(report.connections_opened), report.connections_failed, report.disconnects);
  if (report.pings_answered > 0) {
    text += fmt::format(", {} pings answered", grouped(report.pings_answered));
  }
  add_line(table, "connections", text);
  if (report.options.scenario != ScenarioKind::connect && report.connect_latency.count > 0) {
    add_line(
        table, "connecting",
        fmt::format("{}; each p50 {}  p99 {}  max {}",
                    time_text(static_cast<std::uint64_t>(report.times.connecting.count())),
                    time_text(report.connect_latency.p50), time_text(report.connect_latency.p99),
                    time_text(report.connect_latency.max)));
  }
}

void add_classes(std::string& table, const Report& report) {
  for (const ClassReport& one : report.classes) {
    if (one.latency.count == 0) continue;
    const std::string rate =
        one.sent == 0
            ? ""
            : fmt::format("{} messages/s  ", grouped(static_cast<std::uint64_t>(one.throughput)));
    add_line(table, one.name, rate + latency_text(one.latency));
  }
  std::string tallies;
  for (std::uint8_t i = 0; i < kTallyCount; ++i) {
    if (report.tallies[i] == 0) continue;
    tallies += fmt::format("{}{} {}", tallies.empty() ? "" : ", ", grouped(report.tallies[i]),
                           kTallyNames[i]);
  }
  if (!tallies.empty()) add_line(table, "counted", tallies);
  for (const auto& [kind, count] : report.forgiven) {
    add_line(table, "tried again", fmt::format("{} {}", grouped(count), kind));
  }
}

void add_process(std::string& table, std::string_view label, const ProcessReport& process,
                 std::string_view unit, std::uint64_t messages) {
  const double user = static_cast<double>(process.cpu.user().count());
  const double total = static_cast<double>(process.cpu.total.count());
  std::string text = fmt::format("{:.1f}% of a processor", 100 * process.cpus_busy);
  if (messages > 0) {
    text += fmt::format(", {:.3f}us per {} ({:.3f} user + {:.3f} system)",
                        process.cpu_ns_per_message / 1e3, unit,
                        user / static_cast<double>(messages) / 1e3,
                        (total - user) / static_cast<double>(messages) / 1e3);
  }
  add_line(table, std::string(label) + " cpu", text);
}

void add_memory(std::string& table, const Report& report, const ProcessReport& process,
                std::string_view label) {
  const auto resident = static_cast<double>(process.memory_after.resident);
  const auto grown = resident - static_cast<double>(process.memory_before.resident);
  std::string text = fmt::format("{} resident, {}{} since the start", bytes_text(resident),
                                 grown < 0 ? "-" : "+", bytes_text(grown < 0 ? -grown : grown));
  const std::uint64_t open = report.connections_open_at_stop;
  if (open > 0 && grown > 0) {
    text += fmt::format(", {:.0f} B per connection", grown / static_cast<double>(open));
  }
  add_line(table, std::string(label) + " memory", text);
}

}  // namespace

std::string report_table(const Report& report) {
  std::string table;
  add_heading(table, report);
  if (report.options.scenario != ScenarioKind::idle) add_messages(table, report);
  add_classes(table, report);
  add_connections(table, report);
  const std::uint64_t messages = report.measured.received;
  const bool connects = report.options.scenario == ScenarioKind::connect;
  const std::string_view unit = connects ? "connect" : "message";
  if (report.server) {
    add_process(table, "server", *report.server, unit, messages);
    add_memory(table, report, *report.server, "server");
  }
  add_process(table, "client", report.client, unit, messages);
  for (const auto& [kind, count] : report.errors)
    add_line(table, "error", fmt::format("{} {}", grouped(count), kind));
  for (const ExpectationResult& result : report.expectations) {
    if (result.met) add_line(table, "met", result.expectation.text);
  }
  for (const std::string& warning : report.warnings) add_line(table, "warning", warning);
  for (const std::string& failure : report.failures) add_line(table, "FAILED", failure);
  return table;
}

}  // namespace loadgen
