#include "protocol/url_text.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace protocol {

namespace {

std::optional<std::uint8_t> hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return std::nullopt;
}

// What is before the separator, and behind it. Without one all of it is before.
std::pair<std::string_view, std::string_view> cut(std::string_view text, char separator) noexcept {
  const auto at = static_cast<std::size_t>(std::ranges::find(text, separator) - text.begin());
  if (at == text.size()) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

}  // namespace

std::optional<std::string> decode_percents(std::string_view text, PlusIs plus) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      decoded += text[at] == '+' && plus == PlusIs::space ? ' ' : text[at];
      continue;
    }
    if (text.size() - at < 3) return std::nullopt;
    const auto high = hex_digit(text[at + 1]);
    const auto low = hex_digit(text[at + 2]);
    if (!high || !low) return std::nullopt;
    decoded += static_cast<char>(*high << 4 | *low);
    at += 2;
  }
  return decoded;
}

QueryPair next_query_pair(std::string_view& query) noexcept {
  const auto [text, others] = cut(query, '&');
  const auto [name, value] = cut(text, '=');
  query = others;
  return {.text = text, .name = name, .value = value};
}

}  // namespace protocol
