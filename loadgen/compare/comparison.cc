#include "loadgen/compare/comparison.h"

#include <fmt/core.h>

#include <algorithm>

#include "loadgen/figure_text.h"

namespace loadgen {

namespace {

std::size_t index(ComparedFigure figure) noexcept { return static_cast<std::size_t>(figure); }

std::optional<double> above_zero(double value) {
  return value > 0 ? std::optional(value) : std::nullopt;
}

}  // namespace

std::string_view name(ComparedFigure figure) noexcept {
  switch (figure) {
    case ComparedFigure::cpu_per_message:
      return "server CPU per message";
    case ComparedFigure::user_per_message:
      return "server CPU, user space";
    case ComparedFigure::system_per_message:
      return "server CPU, kernel";
    case ComparedFigure::throughput:
      return "messages per second";
    case ComparedFigure::p50:
      return "p50";
    case ComparedFigure::p99:
      return "p99";
    case ComparedFigure::memory_per_connection:
      return "server memory per connection";
  }
  return "unknown";
}

std::string figure_text(ComparedFigure figure, double value) {
  switch (figure) {
    case ComparedFigure::cpu_per_message:
    case ComparedFigure::user_per_message:
    case ComparedFigure::system_per_message:
      return fmt::format("{:.3f}us", value / 1e3);
    case ComparedFigure::throughput:
      return grouped(static_cast<std::uint64_t>(value));
    case ComparedFigure::p50:
    case ComparedFigure::p99:
      return time_text(value);
    case ComparedFigure::memory_per_connection:
      return bytes_text(value);
  }
  return {};
}

ComparedFigures figures_of(const Report& report) {
  ComparedFigures figures;
  figures[index(ComparedFigure::throughput)] = above_zero(report.throughput);
  figures[index(ComparedFigure::p50)] = above_zero(static_cast<double>(report.latency.p50));
  figures[index(ComparedFigure::p99)] = above_zero(static_cast<double>(report.latency.p99));
  if (!report.server) return figures;
  const ProcessReport& server = *report.server;
  figures[index(ComparedFigure::cpu_per_message)] = above_zero(server.cpu_ns_per_message);
  if (report.measured.received > 0 && server.cpu_ns_per_message > 0) {
    const auto messages = static_cast<double>(report.measured.received);
    figures[index(ComparedFigure::user_per_message)] =
        static_cast<double>(server.cpu.user().count()) / messages;
    figures[index(ComparedFigure::system_per_message)] =
        static_cast<double>(server.cpu.system().count()) / messages;
  }
  const std::uint64_t open = report.connections_open_at_stop;
  if (open == 0) return figures;
  const double grown = static_cast<double>(server.memory_after.resident) -
                       static_cast<double>(server.memory_before.resident);
  figures[index(ComparedFigure::memory_per_connection)] =
      above_zero(grown / static_cast<double>(open));
  return figures;
}

std::optional<double> ServerComparison::median(std::size_t server, ComparedFigure figure) const {
  std::vector<double> values;
  for (const ComparedFigures& round : servers[server].rounds) {
    if (round[index(figure)]) values.push_back(*round[index(figure)]);
  }
  return median_of(values);
}

std::optional<RatioEstimate> ServerComparison::ratio(std::size_t server,
                                                     ComparedFigure figure) const {
  const std::vector<ComparedFigures>& ours = servers[server].rounds;
  const std::vector<ComparedFigures>& theirs = servers.front().rounds;
  std::vector<double> ratios;
  for (std::size_t round = 0; round < std::min(ours.size(), theirs.size()); ++round) {
    const auto& one = ours[round][index(figure)];
    const auto& other = theirs[round][index(figure)];
    if (one && other && *one > 0 && *other > 0) ratios.push_back(*one / *other);
  }
  return estimate_ratio(ratios);
}

std::string_view verdict(const RatioEstimate& estimate) noexcept {
  if (!estimate.interval) return "too few rounds to tell";
  if (!estimate.shows_difference()) return "no difference shown";
  return estimate.ratio > 1 ? "higher" : "lower";
}

}  // namespace loadgen
