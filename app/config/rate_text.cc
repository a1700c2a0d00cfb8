#include "app/config/rate_text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>

#include "app/gateway_limits.h"
#include "base/byte_text.h"

namespace app {

namespace {

struct RateTime {
  std::string_view name;
  double seconds;
};

constexpr auto kRateTimes = std::to_array<RateTime>({{"s", 1}, {"min", 60}, {"h", 3600}});
constexpr std::string_view kBurst = " burst ";

std::optional<double> read_number(std::string_view text, RateUnit unit) {
  double number = 0;
  if (unit == RateUnit::bytes) {
    const auto bytes = base::parse_byte_count(text);
    if (!bytes.ok()) return std::nullopt;
    number = static_cast<double>(bytes.value());
  } else {
    const char* const end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, number, std::chars_format::fixed);
    if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
  }
  if (!(number > 0 && number <= kRateMost)) return std::nullopt;
  return number;
}

std::string number_text(double number, RateUnit unit) {
  if (unit == RateUnit::times) return fmt::format("{}", number);
  return base::format_byte_count(static_cast<std::uint64_t>(number));
}

bool is_whole(double number) { return std::abs(number - std::round(number)) < 1e-9; }

}  // namespace

base::Result<Rate> parse_rate(std::string_view text, RateUnit unit) {
  if (text == "off") return Rate{};
  const base::Error malformed{
      unit == RateUnit::times
          ? "must be a rate such as 100/min or 100/s burst 200, or off for no limit"
          : "must be a rate such as 1MiB/s or 1MiB/s burst 4MiB, or off for no limit"};
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return malformed;
  const std::size_t burst_at = text.find(kBurst, slash);
  const std::size_t time_end = std::min(burst_at, text.size());
  const std::string_view time = text.substr(slash + 1, time_end - slash - 1);
  const std::optional<double> number = read_number(text.substr(0, slash), unit);
  std::optional<double> burst = number;
  if (burst_at != std::string_view::npos) {
    burst = read_number(text.substr(burst_at + kBurst.size()), unit);
  }
  if (!number || !burst) return malformed;
  for (const RateTime& each : kRateTimes) {
    if (each.name == time) return Rate{.per_second = *number / each.seconds, .burst = *burst};
  }
  return malformed;
}

std::string format_rate(const Rate& rate, RateUnit unit) {
  if (rate.per_second <= 0) return "off";
  for (const RateTime& time : kRateTimes) {
    const double exact = rate.per_second * time.seconds;
    if (!is_whole(exact)) continue;
    const double number = std::round(exact);
    std::string text = fmt::format("{}/{}", number_text(number, unit), time.name);
    if (number != rate.burst) text += fmt::format("{}{}", kBurst, number_text(rate.burst, unit));
    return text;
  }
  return fmt::format("{}/s burst {}", rate.per_second, rate.burst);
}

}  // namespace app
