// Expectation: a figure that the user wants a run to reach, such as 'p99<10ms' or 'lost==0'.
//
// Written [CLASS.]METRIC OPERATOR VALUE; times need a unit (ns, us, ms, s), counts may end in k or
// M. A run whose report does not meet one exits with 1. Plain values, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "loadgen/tally.h"

namespace loadgen {

enum class Metric : std::uint8_t {
  p50,
  p90,
  p99,
  p99_9,
  p99_99,
  max,
  mean,
  cpu_per_message,  // Of the server, which needs its pid.
  lost,
  duplicates,
  disorder,
  corrupt,
  throughput,
  errors,
  connected,
  back,     // storm: until all that were dropped were back.
  missing,  // The tallies of that name, from here on.
  retries,
  refused,
  deferred,
  slow_closed,
  slow_dropped,
  slow_open,
  slow_missed,
  joined,
  left_close,
  left_abort,
  left_vanish,
  acknowledged,
  receipted,
};

inline constexpr std::uint8_t kMetricCount = 30;

enum class Comparison : std::uint8_t { less, less_or_equal, greater, greater_or_equal, equal };

struct Expectation {
  std::string text;  // As it was written.
  std::string
      subject{};  // The class that it is about, as in 'chat.p99<10ms'; empty: the whole run.
  Metric metric = Metric::p99;
  Comparison comparison = Comparison::less;
  double bound = 0;  // Times are in nanoseconds.

  // The error is one line that says what is allowed.
  static base::Result<Expectation> parse(std::string_view text);

  bool met_by(double value) const noexcept;
  // The metric, of its class if it has one.
  std::string figure_name() const;
};

std::string_view name(Metric metric) noexcept;
// Whether the metric is a time.
bool is_time(Metric metric) noexcept;
// The tally that it is, if it is one.
std::optional<Tally> tally_of(Metric metric) noexcept;

}  // namespace loadgen
