#include "loadgen/report_html/report_sections.h"

#include <fmt/core.h>
#include <millrace_version.h>

#include <string_view>
#include <vector>

#include "base/duration_text.h"
#include "loadgen/figure_text.h"
#include "loadgen/report_html/html_text.h"

namespace loadgen {

namespace {

std::string tile(std::string_view name, const std::string& value) {
  return fmt::format("<div><span>{}</span><b>{}</b></div>", name, html_escaped(value));
}

std::string row(std::string_view name, const std::string& html) {
  return fmt::format("<tr><th>{}</th><td>{}</td></tr>", html_escaped(name), html);
}

std::string number_cell(const std::string& text) {
  return fmt::format("<td class=number>{}</td>", html_escaped(text));
}

std::string table(std::string_view id, const std::string& head, const std::string& rows,
                  std::string_view width = "") {
  return fmt::format(
      "<div class=\"card scroll\"><table id={} "
      "class=\"{}\"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>"
      "</div>\n",
      id, width, head, rows);
}

std::string latency_row(std::string_view name, const LatencySummary& latency) {
  if (latency.count == 0) return {};
  std::string html = "<tr><th>" + html_escaped(name) + "</th>";
  html += number_cell(grouped(latency.count));
  for (const std::uint64_t value : {latency.min, latency.p50, latency.p90, latency.p99,
                                    latency.p99_9, latency.p99_99, latency.max}) {
    html += number_cell(time_text(value));
  }
  return html + number_cell(time_text(latency.mean)) + "</tr>";
}

std::string latencies(const Report& report) {
  std::string head = "<th></th>";
  for (const std::string_view name :
       {"count", "min", "p50", "p90", "p99", "p99.9", "p99.99", "max", "mean"}) {
    head += fmt::format("<th class=number>{}</th>", name);
  }
  std::string rows = latency_row("latency", report.latency);
  for (const ClassReport& one : report.classes) rows += latency_row(one.name, one.latency);
  rows += latency_row("connecting", report.connect_latency);
  rows += latency_row("sent late by", report.send_lag);
  if (rows.empty()) return {};
  return "<h2>Latencies</h2>\n" + table("latencies", head, rows);
}

std::string audit_row(std::string_view name, const AuditCounts& audit) {
  std::string html = "<tr><th>" + html_escaped(name) + "</th>";
  for (const std::uint64_t value : {audit.checked, audit.lost, audit.duplicates, audit.disorder,
                                    audit.corrupt, audit.misdelivered, audit.misreported}) {
    html += number_cell(grouped(value));
  }
  const bool passed = audit.faults() == 0;
  return html + fmt::format("<td class=\"{}\">{}</td></tr>", passed ? "good" : "bad",
                            passed ? "passed" : "failed");
}

std::string audit(const Report& report) {
  if (report.audit.checked == 0 && report.audit.faults() == 0) return {};
  std::string head = "<th></th>";
  for (const std::string_view name :
       {"checked", "lost", "duplicates", "disorder", "corrupt", "misdelivered", "misreported"}) {
    head += fmt::format("<th class=number>{}</th>", name);
  }
  std::string rows = audit_row("all messages", report.audit);
  for (const ClassReport& one : report.classes) {
    if (one.audit.checked > 0) rows += audit_row(one.name, one.audit);
  }
  return "<h2>Audit of every message</h2>\n" + table("audit", head + "<th>verdict</th>", rows);
}

void add_errors(std::string& rows, const std::map<std::string, std::uint64_t>& errors,
                std::string_view what) {
  for (const auto& [kind, count] : errors) {
    rows += fmt::format("<tr><th>{}</th>{}<td>{}</td></tr>", html_escaped(kind),
                        number_cell(grouped(count)), what);
  }
}

std::string errors(const Report& report) {
  std::string rows;
  add_errors(rows, report.errors, "error");
  add_errors(rows, report.forgiven, "the scenario had planned for it");
  for (std::uint8_t i = 0; i < kTallyCount; ++i) {
    const auto tally = static_cast<Tally>(i);
    if (report.tally(tally) == 0) continue;
    rows += fmt::format("<tr><th>{}</th>{}<td>counted by the scenario</td></tr>", name(tally),
                        number_cell(grouped(report.tally(tally))));
  }
  if (rows.empty()) return "<h2>Errors</h2>\n<p>None.</p>\n";
  return "<h2>Errors and counts</h2>\n" +
         table("errors", "<th>kind</th><th class=number>count</th><th></th>", rows, "narrow");
}

std::string cost_row(std::string_view side, const ProcessReport& process, std::uint64_t messages) {
  std::string html = fmt::format("<tr><th>{}</th><td>{} (pid {})</td>", side,
                                 html_escaped(process.name), process.pid);
  html += number_cell(fmt::format("{:.2f}", process.cpus_busy));
  const auto each = [messages](base::Duration time) {
    if (messages == 0) return std::string("–");
    return fmt::format("{:.3f}us",
                       static_cast<double>(time.count()) / 1e3 / static_cast<double>(messages));
  };
  html += number_cell(each(process.cpu.total)) + number_cell(each(process.cpu.user())) +
          number_cell(each(process.cpu.system()));
  return html + "</tr>";
}

std::string cost(const Report& report) {
  const std::uint64_t messages = report.measured.received;
  std::string rows;
  if (report.server) rows += cost_row("server", *report.server, messages);
  rows += cost_row("client", report.client, messages);
  return "<h2>Processor time</h2>\n" +
         table("cost",
               "<th></th><th>process</th><th class=number>processors</th>"
               "<th class=number>per message</th><th class=number>user</th>"
               "<th class=number>system</th>",
               rows);
}

std::string bound_text(const Expectation& expectation) {
  const std::string_view text = expectation.text;
  const std::size_t at = text.find_first_of("<>=");
  return std::string(at == std::string_view::npos ? text : text.substr(at));
}

std::string value_text(const ExpectationResult& result) {
  if (!result.value) return "this run has none";
  if (is_time(result.expectation.metric)) return time_text(*result.value);
  return fmt::format("{:.12g}", *result.value);
}

std::string list(std::string_view kind, std::string_view lead,
                 const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  std::string html = fmt::format("<ul class=\"remarks {}\">", kind);
  for (const std::string& line : lines) {
    html += fmt::format("<li><b class={}>{}</b> {}</li>", kind, lead, html_escaped(line));
  }
  return html + "</ul>\n";
}

}  // namespace

std::string heading_html(const Report& report) {
  std::string_view verdict = report.passed() ? "PASSED" : "FAILED";
  std::string_view colour = report.passed() ? "good" : "bad";
  if (report.interrupted) {
    verdict = "INTERRUPTED";
    colour = "care";
  }
  const LoadOptions& options = report.options;
  std::string html =
      fmt::format("<header><h1>{}</h1><span id=verdict class=\"badge {}\">{}</span></header>\n",
                  html_escaped(fmt::format("{} at {}", name(options.scenario), options.target.url)),
                  colour, verdict);
  std::string about = grouped(options.connections) + " connections";
  if (options.scenario != ScenarioKind::idle) {
    about += options.open_loop() ? ", open loop: latency counts from the intended time"
                                 : ", closed loop: coordinated omission possible";
  }
  about += fmt::format(". {} measured, from {} on.",
                       time_text(static_cast<double>(report.times.measured.count())),
                       report.machine.started_at);
  return html + "<p class=sub>" + html_escaped(about) + "</p>\n";
}

std::string tiles_html(const Report& report) {
  std::string html = "<div class=tiles>";
  if (report.options.scenario != ScenarioKind::idle) {
    html += tile(report.options.scenario == ScenarioKind::connect ? "connects per second"
                                                                  : "messages per second",
                 grouped(static_cast<std::uint64_t>(report.throughput)));
  }
  if (report.latency.count > 0) {
    html += tile("p50", time_text(report.latency.p50));
    html += tile("p99", time_text(report.latency.p99));
    html += tile("p99.9", time_text(report.latency.p99_9));
    html += tile("slowest", time_text(report.latency.max));
  }
  html += tile("connections open", grouped(report.connections_open_at_stop));
  if (report.server && report.server->cpu_ns_per_message > 0) {
    html += tile("server CPU per message",
                 fmt::format("{:.3f}us", report.server->cpu_ns_per_message / 1e3));
  }
  if (report.audit.checked > 0) {
    html += tile("audit faults", grouped(report.audit.faults()));
  }
  return html + "</div>\n";
}

std::string remarks_html(const Report& report) {
  return list("bad", "Failed:", report.failures) + list("care", "Careful:", report.warnings);
}

std::string expectations_html(const Report& report) {
  std::string html = "<h2>Expectations</h2>\n";
  if (report.expectations.empty()) {
    return html + "<p>None were stated (--expect); the audit and errors alone decided.</p>\n";
  }
  std::string rows;
  for (const ExpectationResult& result : report.expectations) {
    rows += fmt::format("<tr><th>{}</th>", html_escaped(result.expectation.figure_name()));
    rows += number_cell(bound_text(result.expectation)) + number_cell(value_text(result));
    rows += fmt::format("<td class=\"{0}\"><b>{1}</b></td></tr>", result.met ? "good" : "bad",
                        result.met ? "met" : "not met");
  }
  return html + table("expectations",
                      "<th>figure</th><th class=number>expected</th><th class=number>was</th>"
                      "<th>verdict</th>",
                      rows, "narrow");
}

std::string figures_html(const Report& report) {
  return latencies(report) + audit(report) + cost(report) + errors(report);
}

std::string what_ran_html(const Report& report) {
  std::string command;
  for (const std::string& word : report.options.command) {
    command += (command.empty() ? "" : " ") + word;
  }
  const auto code = [](const std::string& text) {
    return "<code>" + html_escaped(text) + "</code>";
  };
  const Machine& machine = report.machine;
  std::string rows = row("command", code(command));
  rows += row("generator", html_escaped(fmt::format(
                               "millrace-load {} ({}), {}, {}; {} shard(s), seed {}",
                               millrace::kVersion, millrace::kCommit, millrace::kCompiler,
                               millrace::kBuildType, report.options.shards, report.options.seed)));
  rows += row("server", report.server ? html_escaped(fmt::format("{} (pid {})", report.server->name,
                                                                 report.server->pid))
                                      : "not looked into (--server-pid)");
  rows += row("machine", html_escaped(fmt::format(
                             "{}, {} processors, {} of memory", machine.cpu_model, machine.cpus,
                             bytes_text(static_cast<double>(machine.memory_bytes)))));
  rows += row("kernel", html_escaped(machine.kernel));
  rows += row("times", fmt::format("connecting {}, warm-up {}, measured {}, draining {}",
                                   time_text(static_cast<double>(report.times.connecting.count())),
                                   time_text(static_cast<double>(report.times.warming_up.count())),
                                   time_text(static_cast<double>(report.times.measured.count())),
                                   time_text(static_cast<double>(report.times.draining.count()))));
  return "<h2>What ran</h2>\n" + table("what-ran", "", rows);
}

}  // namespace loadgen
