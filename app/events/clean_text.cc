#include "app/events/clean_text.h"

#include <cstddef>
#include <cstdint>

#include "base/byte_scan.h"

namespace app {

namespace {

std::uint8_t octet(char c) noexcept { return static_cast<std::uint8_t>(c); }

bool is_c1(std::string_view text) noexcept { return text.size() >= 2 && octet(text[1]) < 0xA0; }

// U+202A to U+202E are E2 80 AA to AE, U+2066 to U+2069 are E2 81 A6 to A9.
bool is_direction(std::string_view text) noexcept {
  if (text.size() < 3) return false;
  const std::uint8_t last = octet(text[2]);
  return (octet(text[1]) == 0x80 && last >= 0xAA && last <= 0xAE) ||
         (octet(text[1]) == 0x81 && last >= 0xA6 && last <= 0xA9);
}

// What an octet that may begin something unclean looks like; of most of these it depends.
constexpr auto kBeginsSuspicion = [](auto octet) {
  static_assert((0xC2 | 0x20) == 0xE2 && ('<' | 0x02) == '>', "each mask stands for a pair");
  return (octet < 0x20) | (octet == 0x7F) | ((octet | 0x02) == '>') | (octet == '&') |
         ((octet | 0x20) == 0xE2);
};

constexpr auto kIsNotPrintable = [](auto octet) { return base::is_not_printable(octet); };

// How many bytes at the front of the text, which begins so, are not to be passed on as they are.
std::size_t unclean_size(std::string_view text, bool escape_html) noexcept {
  switch (octet(text.front())) {
    case '<':
    case '>':
    case '&':
      return escape_html ? 1 : 0;
    case 0xC2:
      return is_c1(text) ? 2 : 0;
    case 0xE2:
      return is_direction(text) ? 3 : 0;
    case '\n':
    case '\t':
      return 0;
    default:  // A control character: an octet is not an enum of ours.
      return 1;
  }
}

// How many bytes at the front of the text are clean.
std::size_t clean_size(std::string_view text, bool escape_html) noexcept {
  std::size_t clean = 0;
  while (true) {
    clean += base::find_octet(text.substr(clean), kBeginsSuspicion);
    if (clean == text.size() || unclean_size(text.substr(clean), escape_html) > 0) return clean;
    ++clean;
  }
}

std::string_view entity(char c) noexcept {
  if (c == '<') return "&lt;";
  if (c == '>') return "&gt;";
  return c == '&' ? "&amp;" : "";
}

}  // namespace

bool is_clean_text(std::string_view text, bool escape_html) noexcept {
  // What is printable ASCII is seen to be so by a shorter look, unless some of it has a meaning.
  const std::size_t plain = escape_html ? 0 : base::find_octet(text, kIsNotPrintable);
  if (plain == text.size()) return true;
  text.remove_prefix(plain);
  return clean_size(text, escape_html) == text.size();
}

void append_clean_text(std::string& out, std::string_view text, bool escape_html) {
  while (!text.empty()) {
    const std::size_t clean = clean_size(text, escape_html);
    out += text.substr(0, clean);
    text.remove_prefix(clean);
    if (text.empty()) return;
    out += entity(text.front());
    text.remove_prefix(unclean_size(text, escape_html));
  }
}

}  // namespace app
