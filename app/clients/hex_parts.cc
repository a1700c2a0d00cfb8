#include "app/clients/hex_parts.h"

#include <algorithm>
#include <charconv>

namespace app {

namespace {

// Takes a number off the text. From an empty one nothing can be taken.
bool take_number(std::string_view& text, std::uint32_t& number) noexcept {
  const char* const begin = text.data();
  const auto [end, error] = std::from_chars(begin, begin + text.size(), number, 16);
  if (error != std::errc{}) return false;
  const std::string_view digits = text.substr(0, static_cast<std::size_t>(end - begin));
  if (digits.size() > 1 && digits.front() == '0') return false;
  if (std::ranges::any_of(digits, [](char digit) { return digit >= 'A' && digit <= 'F'; })) {
    return false;
  }
  text.remove_prefix(digits.size());
  return true;
}

}  // namespace

bool read_hex_parts(std::string_view text, char letter,
                    std::initializer_list<std::uint32_t*> parts) noexcept {
  char before = letter;
  for (std::uint32_t* part : parts) {
    if (!text.starts_with(before)) return false;
    text.remove_prefix(1);
    if (!take_number(text, *part)) return false;
    before = '-';
  }
  return text.empty();
}

}  // namespace app
