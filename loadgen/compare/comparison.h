// ServerComparison: what came out of running one scenario against several servers in turn.
//
// The first server is the one that the others are compared to. Plain values, filled round by round
// on the main thread; all else is worked out from them when it is shown.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "loadgen/compare/confidence.h"
#include "loadgen/machine.h"
#include "loadgen/report.h"

namespace loadgen {

enum class ComparedFigure : std::uint8_t {
  cpu_per_message,  // Of the server, in nanoseconds; and its two parts.
  user_per_message,
  system_per_message,
  throughput,
  p50,  // In nanoseconds, as p99.
  p99,
  memory_per_connection,  // Resident memory that the server's process grew by, in bytes.
};

inline constexpr std::size_t kComparedFigures = 7;
inline constexpr std::array<ComparedFigure, kComparedFigures> kAllComparedFigures{
    ComparedFigure::cpu_per_message,
    ComparedFigure::user_per_message,
    ComparedFigure::system_per_message,
    ComparedFigure::throughput,
    ComparedFigure::p50,
    ComparedFigure::p99,
    ComparedFigure::memory_per_connection};

using ComparedFigures = std::array<std::optional<double>, kComparedFigures>;

std::string_view name(ComparedFigure figure) noexcept;
std::string figure_text(ComparedFigure figure, double value);

// What a run has of them; one that it lacks is none.
ComparedFigures figures_of(const Report& report);

struct ComparedServer {
  std::string name;
  std::string url;
  std::string start;  // The command; empty: somebody else had started it.
  std::vector<ComparedFigures> rounds{};
};

struct ServerComparison {
  std::vector<std::string> scenario;  // Its name and its flags.
  std::vector<std::string> command;
  Machine machine;
  std::uint32_t rounds_wanted = 0;
  bool interrupted = false;
  std::vector<ComparedServer> servers;
  std::vector<std::string> failures;  // One line each, with its round and server.
  std::vector<std::string> warnings;

  bool passed() const noexcept { return failures.empty(); }

  std::optional<double> median(std::size_t server, ComparedFigure figure) const;
  // To the first server, over the rounds in which both have the figure, above zero.
  std::optional<RatioEstimate> ratio(std::size_t server, ComparedFigure figure) const;
};

// "no difference shown", "higher", "lower", or that there are too few rounds to tell.
std::string_view verdict(const RatioEstimate& estimate) noexcept;

}  // namespace loadgen
