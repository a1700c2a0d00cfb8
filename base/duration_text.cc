#include "base/duration_text.h"

#include <array>
#include <cstdint>
#include <optional>

#include "base/scaled_text.h"

namespace base {

namespace {

struct DurationUnit {
  std::string_view name;
  std::uint64_t nanoseconds;
};

// Largest first: format_duration() takes the first that fits.
constexpr auto kDurationUnits = std::to_array<DurationUnit>({
    {"d", 86'400'000'000'000},
    {"h", 3'600'000'000'000},
    {"m", 60'000'000'000},
    {"s", 1'000'000'000},
    {"ms", 1'000'000},
    {"us", 1'000},
    {"ns", 1},
});

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
  const ScaledText scaled = split_scaled_text(text);
  if (scaled.number == "0" && scaled.unit.empty()) return Duration::zero();
  for (const DurationUnit& unit : kDurationUnits) {
    if (scaled.unit != unit.name) continue;
    const std::optional<std::uint64_t> count = scale_number(scaled.number, unit.nanoseconds);
    if (!count || *count > static_cast<std::uint64_t>(Duration::max().count())) break;
    return Duration(static_cast<Duration::rep>(*count));
  }
  return Error{
      "'" + std::string(text) +
      "' is not a duration: write a number and one of ns, us, ms, s, m, h, d, as in 250ms"};
}

std::string format_duration(Duration duration) {
  if (duration == Duration::zero()) return "0s";
  const bool negative = duration < Duration::zero();
  const auto count = static_cast<std::uint64_t>(duration.count());
  const std::uint64_t magnitude = negative ? 0 - count : count;
  std::string text = negative ? "-" : "";
  for (const DurationUnit& unit : kDurationUnits) {
    if (magnitude % unit.nanoseconds != 0) continue;
    text += std::to_string(magnitude / unit.nanoseconds);
    text += unit.name;
    break;
  }
  return text;
}

}  // namespace base
