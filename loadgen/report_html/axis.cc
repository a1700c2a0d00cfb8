#include "loadgen/report_html/axis.h"

#include <algorithm>
#include <cmath>

namespace loadgen {

namespace {

constexpr double kAlmost = 1e-9;  // Forgives what a division leaves behind.

// The least of 1, 2, 5 times a power of ten that covers `most` in `steps`.
double round_step(double most, int steps) {
  const double wanted = most / steps;
  const double power = std::pow(10.0, std::floor(std::log10(wanted)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= wanted * (1 - kAlmost)) return factor * power;
  }
  return 10 * power;
}

}  // namespace

double Axis::place(double value) const noexcept {
  const double clamped = std::clamp(value, low, high);
  const double part =
      logarithmic ? std::log(clamped / low) / std::log(high / low) : (clamped - low) / (high - low);
  return from + part * (to - from);
}

Axis Axis::exact(double most, double from, double to, int ticks_most) {
  if (!(most > 0)) most = 1;
  Axis axis{.high = most, .from = from, .to = to, .ticks = {}};
  const double step = round_step(most, ticks_most);
  for (int i = 0; i * step <= most * (1 + kAlmost); ++i) axis.ticks.push_back(i * step);
  return axis;
}

Axis Axis::linear(double most, double from, double to, int ticks_most) {
  if (!(most > 0)) most = 1;
  const double step = round_step(most, ticks_most);
  return exact(step * std::ceil(most / step * (1 - kAlmost)), from, to, ticks_most);
}

Axis Axis::powers_of_ten(double least, double most, double from, double to) {
  if (!(least > 0)) least = 1;
  Axis axis{.low = std::pow(10.0, std::floor(std::log10(least) + kAlmost)),
            .logarithmic = true,
            .from = from,
            .to = to,
            .ticks = {}};
  axis.high = std::max(10 * axis.low,
                       std::pow(10.0, std::ceil(std::log10(std::max(most, least)) - kAlmost)));
  for (double tick = axis.low; tick <= axis.high * (1 + kAlmost); tick *= 10) {
    axis.ticks.push_back(tick);
  }
  return axis;
}

}  // namespace loadgen
