#include "loadgen/compare/compare_run.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "loadgen/compare/started_server.h"

namespace loadgen {

namespace {

base::Result<Report> run_against(const CompareOptions& options, const ServerChoice& server,
                                 const RunOnce& run_once) {
  std::string url = server.url;
  std::string command = server.start;
  if (!command.empty()) {
    auto port = free_port();
    if (!port.ok()) return port.error();
    url = with_port(url, port.value());
    command = with_port(command, port.value());
  }
  auto parsed = run_options(options, url);
  if (const auto* answer = std::get_if<CommandLineAnswer>(&parsed)) {
    return base::Error{answer->text};
  }
  LoadOptions& load = std::get<LoadOptions>(parsed);
  load.server_pid = server.pid;
  load.quiet = options.quiet;
  const engine::Address& address = load.target.endpoints.front().address;
  std::optional<StartedServer> started;
  if (!command.empty()) {
    auto result = StartedServer::start(command, address, options.start_timeout);
    if (!result.ok()) return result.error();
    started.emplace(result.take());
    load.server_pid = started->pid();
  } else if (!accepts(address)) {
    return base::Error{"nobody listens on " + address.text()};
  }
  return run_once(load);
}

std::string figures_line(const ComparedFigures& figures) {
  std::string line;
  for (const ComparedFigure figure : kAllComparedFigures) {
    const auto& value = figures[static_cast<std::size_t>(figure)];
    if (!value) continue;
    line += fmt::format("  {} {}", name(figure), figure_text(figure, *value));
  }
  return line;
}

// A warning that came with every run is told once.
void add_remarks(ServerComparison& comparison, const Report& report, const std::string& where,
                 const std::string& server) {
  for (const std::string& failure : report.failures) {
    comparison.failures.push_back(fmt::format("{}: {}", where, failure));
  }
  const bool is_cut = report.interrupted;
  if (is_cut || report.warnings.empty()) return;
  const std::string line = server + ": " + report.warnings.front();
  const bool known = std::any_of(
      comparison.warnings.begin(), comparison.warnings.end(),
      [&server](const std::string& warning) { return warning.starts_with(server + ": "); });
  if (!known) comparison.warnings.push_back(line);
}

}  // namespace

base::Result<ServerComparison> compare_servers(const CompareOptions& options,
                                               const RunOnce& run_once, const TellRun& tell) {
  ServerComparison comparison{.scenario = options.scenario,
                              .command = options.command,
                              .machine = Machine::look(),
                              .rounds_wanted = options.rounds,
                              .servers = {},
                              .failures = {},
                              .warnings = {}};
  for (const ServerChoice& server : options.servers) {
    comparison.servers.push_back({.name = server.name, .url = server.url, .start = server.start});
  }
  const std::size_t servers = options.servers.size();
  for (std::uint32_t round = 0; round < options.rounds; ++round) {
    for (std::size_t turn = 0; turn < servers; ++turn) {
      const std::size_t i = round % 2 == 0 ? turn : servers - 1 - turn;
      const std::string& name = options.servers[i].name;
      auto report = run_against(options, options.servers[i], run_once);
      const std::string where = fmt::format("round {} of {}, {}", round + 1, options.rounds, name);
      if (!report.ok()) return base::Error{where + ": " + report.error().message};
      // A round that was cut short says nothing.
      comparison.interrupted = report.value().interrupted;
      if (comparison.interrupted) return comparison;
      add_remarks(comparison, report.value(), where, name);
      const ComparedFigures figures = figures_of(report.value());
      comparison.servers[i].rounds.push_back(figures);
      tell(where + ":" + figures_line(figures));
    }
  }
  return comparison;
}

}  // namespace loadgen
