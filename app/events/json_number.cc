#include "app/events/json_number.h"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <system_error>

namespace app {

namespace {

// Digits whose value a double holds exactly, and that an integer can hold meanwhile.
constexpr std::size_t kExactDigits = 15;

std::size_t count_digits(std::string_view text) noexcept {
  std::size_t count = 0;
  while (count < text.size() && text[count] >= '0' && text[count] <= '9') ++count;
  return count;
}

double integer_of(std::string_view digits) noexcept {
  std::int64_t value = 0;
  for (const char digit : digits) value = value * 10 + (digit - '0');
  return static_cast<double>(value);
}

// Whether what stands behind the integer part is nothing, a fraction, an exponent, or both.
bool is_rest(std::string_view rest) noexcept {
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    const std::size_t digits = count_digits(rest);
    if (digits == 0) return false;
    rest.remove_prefix(digits);
  }
  if (rest.empty()) return true;
  if (rest.front() != 'e' && rest.front() != 'E') return false;
  rest.remove_prefix(1);
  if (rest.starts_with('+') || rest.starts_with('-')) rest.remove_prefix(1);
  return !rest.empty() && count_digits(rest) == rest.size();
}

}  // namespace

std::optional<double> parse_json_number(std::string_view text) noexcept {
  const bool negative = text.starts_with('-');
  const std::string_view size = negative ? text.substr(1) : text;
  const std::size_t digits = count_digits(size);
  if (digits == 0 || (size.front() == '0' && digits > 1)) return std::nullopt;
  if (digits == size.size() && digits <= kExactDigits) {
    return negative ? -integer_of(size) : integer_of(size);
  }
  if (!is_rest(size.substr(digits))) return std::nullopt;
  double value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc{}) return std::nullopt;
  return value;
}

}  // namespace app
