#include "loadgen/expectation.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace loadgen {

namespace {

constexpr std::array<std::string_view, kMetricCount> kMetricNames{
    "p50",          "p90",          "p99",        "p99.9",
    "p99.99",       "max",          "mean",       "cpu_per_message",
    "lost",         "duplicates",   "disorder",   "corrupt",
    "throughput",   "errors",       "connected",  "back",
    "missing",      "retries",      "refused",    "deferred",
    "slow_closed",  "slow_dropped", "slow_open",  "slow_missed",
    "joined",       "left_close",   "left_abort", "left_vanish",
    "acknowledged", "receipted"};
// The classes that scenarios report apart.
constexpr std::array<std::string_view, 4> kSubjects{"back", "chat", "market", "presence"};

struct Operator {
  std::string_view text;
  Comparison comparison;
};
// Those of two characters first, so that "<=" is not read as "<".
constexpr std::array<Operator, 5> kOperators{{{"<=", Comparison::less_or_equal},
                                              {">=", Comparison::greater_or_equal},
                                              {"==", Comparison::equal},
                                              {"<", Comparison::less},
                                              {">", Comparison::greater}}};

struct Unit {
  std::string_view text;
  double factor;
};
constexpr std::array<Unit, 4> kTimeUnits{{{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}}};
constexpr std::array<Unit, 3> kCountUnits{{{"", 1}, {"k", 1e3}, {"M", 1e6}}};

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

base::Error bad(std::string_view text, std::string_view why) {
  std::string line = "expectation '" + std::string(text) + "': " + std::string(why) +
                     "; write METRIC OPERATOR VALUE as in 'p99<10ms', with one of the metrics";
  for (const std::string_view metric : kMetricNames) line += " " + std::string(metric);
  line += ", of the whole run or of a class, as in '" + std::string(kSubjects.front()) + ".p99',";
  return base::Error{line + " with one of < <= > >= ==, and for times a unit of ns us ms s"};
}

std::optional<Metric> find_metric(std::string_view text) {
  for (std::size_t i = 0; i < kMetricNames.size(); ++i) {
    if (kMetricNames[i] == text) return static_cast<Metric>(i);
  }
  return std::nullopt;
}

std::optional<double> parse_number(std::string_view text, std::span<const Unit> units) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc{} || !std::isfinite(number) || number < 0) return std::nullopt;
  const std::string_view unit = trim({rest, static_cast<std::size_t>(end - rest)});
  for (const Unit& candidate : units) {
    if (candidate.text == unit) return number * candidate.factor;
  }
  return std::nullopt;
}

}  // namespace

std::string_view name(Metric metric) noexcept {
  return kMetricNames[static_cast<std::size_t>(metric)];
}

bool is_time(Metric metric) noexcept {
  return metric <= Metric::cpu_per_message || metric == Metric::back;
}

std::optional<Tally> tally_of(Metric metric) noexcept {
  if (metric < Metric::missing) return std::nullopt;
  for (std::uint8_t i = 0; i < kTallyCount; ++i) {
    if (kTallyNames[i] == name(metric)) return static_cast<Tally>(i);
  }
  return std::nullopt;
}

base::Result<Expectation> Expectation::parse(std::string_view text) {
  const std::size_t at = text.find_first_of("<>=");
  if (at == std::string_view::npos) return bad(text, "there is no operator");
  Expectation expectation{.text = std::string(text)};
  std::string_view figure = trim(text.substr(0, at));
  const std::size_t dot = figure.find('.');
  if (!find_metric(figure) && dot != std::string_view::npos) {
    expectation.subject = figure.substr(0, dot);
    const bool known =
        std::find(kSubjects.begin(), kSubjects.end(), expectation.subject) != kSubjects.end();
    if (!known) return bad(text, "there is no such class");
    figure = figure.substr(dot + 1);
  }
  const auto metric = find_metric(figure);
  if (!metric) return bad(text, "there is no such metric");
  expectation.metric = *metric;
  const std::string_view rest = text.substr(at);
  for (const Operator& candidate : kOperators) {
    if (!rest.starts_with(candidate.text)) continue;
    expectation.comparison = candidate.comparison;
    const std::string_view value = trim(rest.substr(candidate.text.size()));
    const bool time = is_time(*metric);
    const auto bound = time ? parse_number(value, kTimeUnits) : parse_number(value, kCountUnits);
    if (!bound) return bad(text, time ? "the value is not a time" : "the value is not a number");
    expectation.bound = *bound;
    return expectation;
  }
  return bad(text, "there is no such operator");
}

std::string Expectation::figure_name() const {
  return (subject.empty() ? "" : subject + ".") + std::string(name(metric));
}

bool Expectation::met_by(double value) const noexcept {
  switch (comparison) {
    case Comparison::less:
      return value < bound;
    case Comparison::less_or_equal:
      return value <= bound;
    case Comparison::greater:
      return value > bound;
    case Comparison::greater_or_equal:
      return value >= bound;
    case Comparison::equal:
      return value == bound;
  }
  return false;
}

}  // namespace loadgen
