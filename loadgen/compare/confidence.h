// Confidence: how sure a ratio is that was measured in several pairs.
//
// Two servers that are measured one right after the other share what the machine does just then, so
// the ratio within a round is steadier than either figure. The logarithms of these ratios are taken
// as draws around one value; the interval is Student's t on them. It covers the true ratio in 95 of
// 100 comparisons, as far as rounds do not depend on each other. Pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace loadgen {

struct RatioEstimate {
  double ratio = 1;  // The geometric mean.
  std::size_t pairs = 0;
  // Of 95 %; none with less than two pairs.
  struct Interval {
    double low = 1;
    double high = 1;
  };
  std::optional<Interval> interval{};

  // Whether 1 is outside of the interval.
  bool shows_difference() const noexcept {
    return interval.has_value() && (interval->low > 1 || interval->high < 1);
  }
};

// The factor of a two-sided 95 % interval. At least one degree of freedom.
double student_t_95(std::size_t degrees_of_freedom) noexcept;

// All ratios must be above zero; none without a ratio.
std::optional<RatioEstimate> estimate_ratio(std::span<const double> ratios);

// None without a value.
std::optional<double> median_of(std::span<const double> values);

}  // namespace loadgen
