#include "loadgen/figure_text.h"

#include <fmt/core.h>

#include <array>
#include <cmath>
#include <span>
#include <string_view>

namespace loadgen {

namespace {

struct Unit {
  double factor;
  std::string_view name;
};

// In the largest unit that leaves at least one before the point; units from large to small.
std::string in_unit(double value, std::span<const Unit> units) {
  for (const Unit& unit : units) {
    if (std::abs(value) < unit.factor * (1 - 1e-9)) continue;
    return fmt::format("{:.4g}{}", value / unit.factor, unit.name);
  }
  return fmt::format("{:.3g}{}", value / units.back().factor, units.back().name);
}

}  // namespace

std::string grouped(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string time_text(double nanoseconds) {
  if (nanoseconds < 1e3) return fmt::format("{:.0f}ns", nanoseconds);
  if (nanoseconds < 1e5) return fmt::format("{:.1f}us", nanoseconds / 1e3);
  if (nanoseconds < 1e6) return fmt::format("{:.0f}us", nanoseconds / 1e3);
  if (nanoseconds < 1e9) return fmt::format("{:.2f}ms", nanoseconds / 1e6);
  return fmt::format("{:.2f}s", nanoseconds / 1e9);
}

std::string bytes_text(double bytes) {
  const double size = std::abs(bytes);
  if (size < 10e3) return fmt::format("{:.0f} B", bytes);
  if (size < 10e6) return fmt::format("{:.0f} kB", bytes / 1e3);
  if (size < 10e9) return fmt::format("{:.1f} MB", bytes / 1e6);
  return fmt::format("{:.2f} GB", bytes / 1e9);
}

std::string tick_count(double value) {
  static constexpr std::array<Unit, 4> kUnits{{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {1, ""}}};
  return in_unit(value, kUnits);
}

std::string tick_time(double nanoseconds) {
  static constexpr std::array<Unit, 4> kUnits{
      {{1e9, " s"}, {1e6, " ms"}, {1e3, " us"}, {1, " ns"}}};
  return in_unit(nanoseconds, kUnits);
}

std::string tick_bytes(double bytes) {
  static constexpr std::array<Unit, 4> kUnits{
      {{1e9, " GB"}, {1e6, " MB"}, {1e3, " kB"}, {1, " B"}}};
  return in_unit(bytes, kUnits);
}

}  // namespace loadgen
