#include "base/json_text.h"

#include <cstddef>
#include <cstdint>

namespace base {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD.

std::uint8_t octet(char c) noexcept { return static_cast<std::uint8_t>(c); }

// How many bytes the character at the front of the text takes, whose first byte is not ASCII; zero
// when it is not valid UTF-8 (RFC 3629 4).
std::size_t character_size(std::string_view text) noexcept {
  const std::uint8_t first = octet(text[0]);
  if (first < 0xC2 || first > 0xF4) return 0;
  const std::size_t size = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((octet(text[i]) & 0xC0) != 0x80) return 0;
  }
  const std::uint8_t second = octet(text[1]);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool surrogate = first == 0xED && second >= 0xA0;
  const bool too_large = first == 0xF4 && second >= 0x90;
  return overlong || surrogate || too_large ? 0 : size;
}

// How many bytes the characters at the front of the text take, up to the first that is ASCII or not
// valid.
std::size_t characters_size(std::string_view text) noexcept {
  std::size_t size = 0;
  while (size < text.size() && octet(text[size]) >= 0x80) {
    const std::size_t next = character_size(text.substr(size));
    if (next == 0) break;
    size += next;
  }
  return size;
}

void append_escape(std::string& out, char c) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:  // Any other control character: a char is not an enum of ours.
      out += "\\u00";
      out += kHexDigits[octet(c) >> 4];
      out += kHexDigits[octet(c) & 15];
      return;
  }
}

}  // namespace

void append_json_escaped(std::string& out, std::string_view text) {
  while (true) {
    const std::size_t plain = json_plain_size(text);
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) return;
    std::size_t size = 1;
    if (octet(text.front()) < 0x80) {
      append_escape(out, text.front());
    } else if (const std::size_t characters = characters_size(text); characters > 0) {
      size = characters;
      out += text.substr(0, size);
    } else {
      out += kReplacement;
    }
    text.remove_prefix(size);
  }
}

}  // namespace base
