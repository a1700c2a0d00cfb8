#include "app/admin/percent_text.h"

#include <charconv>
#include <system_error>

namespace app {

std::optional<std::string> decode_percents(std::string_view text, PlusIs plus) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i] == '+' && plus == PlusIs::space ? ' ' : text[i];
      continue;
    }
    const std::string_view digits = text.substr(i + 1, 2);
    unsigned char byte = 0;
    const char* const first = digits.data();
    const char* const last = first + digits.size();
    const auto [end, error] = std::from_chars(first, last, byte, 16);
    if (digits.size() != 2 || error != std::errc() || end != last) return std::nullopt;
    decoded += static_cast<char>(byte);
    i += 2;
  }
  return decoded;
}

}  // namespace app
