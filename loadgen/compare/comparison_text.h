// Comparison text: a comparison as a person reads it in a terminal, and as programs read it.
//
//   schema            1
//   kind              "comparison"
//   program, machine  as in report_json.h
//   command, scenario [argument...]
//   rounds            {wanted, method}
//   interrupted       whether somebody stopped it early
//   servers           [{name, url, start}]; the first is the reference; start is null if it ran
//   figures           [{figure, servers: [{name, rounds: [value or null...], median, ratio}]}]
//                     times in nanoseconds, memory in bytes; ratio is null for the reference and
//                     where there is none, else {ratio, low, high, pairs, verdict}; low and high
//                     are null with less than two pairs
//   failures, warnings [line...]
//   passed            whether every run passed
//
// Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "loadgen/compare/comparison.h"

namespace loadgen {

inline constexpr std::string_view kComparisonMethod =
    "geometric mean of the ratios within each round; interval: 95 %, Student's t on their "
    "logarithms";

std::string comparison_table(const ServerComparison& comparison);
// With a newline at the end.
std::string comparison_json(const ServerComparison& comparison);

}  // namespace loadgen
