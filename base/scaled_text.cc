#include "base/scaled_text.h"

namespace base {

namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::size_t kDigitsMax = 18;  // Eighteen nines fit 64 bits, and so does 10^18.

}  // namespace

ScaledText split_scaled_text(std::string_view text) noexcept {
  const std::size_t end = text.find_first_not_of("0123456789.");
  if (end == std::string_view::npos) return {text, {}};
  std::string_view unit = text.substr(end);
  while (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
  return {text.substr(0, end), unit};
}

std::optional<std::uint64_t> scale_number(std::string_view number, std::uint64_t unit) noexcept {
  std::uint64_t digits = 0;
  std::uint64_t divisor = 1;
  std::size_t digit_count = 0;
  bool after_point = false;
  for (const char c : number) {
    if (c == '.') {
      if (after_point || digit_count == 0) return std::nullopt;
      after_point = true;
      continue;
    }
    if (c < '0' || c > '9' || ++digit_count > kDigitsMax) return std::nullopt;
    digits = digits * 10 + static_cast<std::uint64_t>(c - '0');
    if (after_point) divisor *= 10;
  }
  if (digit_count == 0 || number.back() == '.') return std::nullopt;
  const Wide product = Wide{digits} * unit;
  if (product % divisor != 0 || product / divisor > UINT64_MAX) return std::nullopt;
  return static_cast<std::uint64_t>(product / divisor);
}

}  // namespace base
