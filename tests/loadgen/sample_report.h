// A report as a run could have made it, for the tests of what is made of reports.
#pragma once

#include "loadgen/report.h"

namespace loadgen {

inline Report sample_report() {
  using namespace std::chrono_literals;
  Report report;
  report.options.scenario = ScenarioKind::room;
  report.options.target = Target::parse("ws://127.0.0.1:8080/", "/", 1).take();
  report.options.connections = 1000;
  report.options.rooms = 20;
  report.options.members = 50;
  report.options.command = {"millrace-load", "room"};
  report.options.duration = 10s;
  report.machine.kernel = "Linux 6.1";
  report.times.measured = 10s;
  report.connections_opened = 1000;
  report.connections_open_at_stop = 1000;
  report.audit.checked = 1'234'567;
  report.measured = {.sent = 20'000, .received = 1'000'000};
  report.throughput = 100'000;
  report.latency = {.count = 1'000'000,
                    .min = 100,
                    .p50 = 1'500'000,
                    .p90 = 2'500'000,
                    .p99 = 9'000'000,
                    .p99_9 = 9'500'000,
                    .p99_99 = 9'900'000,
                    .max = 12'000'000,
                    .mean = 1'600'000.5};
  report.classes.push_back({.name = "back",
                            .latency = {.count = 9, .p99 = 2'000'000'000, .max = 3'000'000'000},
                            .audit = {}});
  const auto count = [&report](Tally tally, std::uint64_t many) {
    of(report.tallies, tally) = many;
  };
  count(Tally::retries, 9);
  count(Tally::refused, 7);
  count(Tally::deferred, 5);
  count(Tally::slow_closed, 4);
  count(Tally::slow_dropped, 3);
  count(Tally::slow_open, 2);
  count(Tally::slow_missed, 1);
  count(Tally::joined, 11);
  count(Tally::left_close, 12);
  count(Tally::left_abort, 13);
  count(Tally::left_vanish, 14);
  count(Tally::acknowledged, 15);
  count(Tally::receipted, 16);
  report.server = ProcessReport{.pid = 42, .name = "server"};
  report.server->cpu = {.total = 4s, .user_ticks = 1, .system_ticks = 3};
  report.server->cpus_busy = 0.4;
  report.server->cpu_ns_per_message = 4000;
  return report;
}

inline void expect(Report& report, std::string_view text) {
  report.options.expectations.push_back(Expectation::parse(text).take());
}

}  // namespace loadgen
