#include "loadgen/compare/confidence.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "base/check.h"

namespace loadgen {

namespace {

// The 0.975 quantiles for 1 to 30 degrees of freedom, as every table of Student's t has them.
constexpr std::array<double, 30> kQuantiles{12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306,
                                            2.262,  2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
                                            2.110,  2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064,
                                            2.060,  2.056, 2.052, 2.048, 2.045, 2.042};
constexpr double kNormalQuantile = 1.959964;

}  // namespace

double student_t_95(std::size_t degrees_of_freedom) noexcept {
  CHECK(degrees_of_freedom >= 1);
  if (degrees_of_freedom <= kQuantiles.size()) return kQuantiles[degrees_of_freedom - 1];
  // The first two terms of its expansion around the normal quantile; exact to 0.001 from here on.
  const double z = kNormalQuantile;
  const auto degrees = static_cast<double>(degrees_of_freedom);
  const double first = (std::pow(z, 3) + z) / 4;
  const double second = (5 * std::pow(z, 5) + 16 * std::pow(z, 3) + 3 * z) / 96;
  return z + first / degrees + second / (degrees * degrees);
}

std::optional<RatioEstimate> estimate_ratio(std::span<const double> ratios) {
  if (ratios.empty()) return std::nullopt;
  const auto count = static_cast<double>(ratios.size());
  double sum = 0;
  for (const double ratio : ratios) {
    CHECK(ratio > 0);
    sum += std::log(ratio);
  }
  const double mean = sum / count;
  RatioEstimate estimate{.ratio = std::exp(mean), .pairs = ratios.size()};
  if (ratios.size() < 2) return estimate;
  double squares = 0;
  for (const double ratio : ratios) squares += std::pow(std::log(ratio) - mean, 2);
  const double error = std::sqrt(squares / (count - 1) / count);
  const double half = student_t_95(ratios.size() - 1) * error;
  estimate.interval = {.low = std::exp(mean - half), .high = std::exp(mean + half)};
  return estimate;
}

std::optional<double> median_of(std::span<const double> values) {
  if (values.empty()) return std::nullopt;
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const std::size_t middle = sorted.size() / 2;
  if (sorted.size() % 2 == 1) return sorted[middle];
  return (sorted[middle - 1] + sorted[middle]) / 2;
}

}  // namespace loadgen
