#include "app/events/clean_text.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace app {

namespace {

std::uint8_t octet(char c) noexcept { return static_cast<std::uint8_t>(c); }

// What a byte may begin.
enum class Suspicion : std::uint8_t { none, control, markup, c1, direction };

constexpr std::array<Suspicion, 256> kSuspicions = [] {
  std::array<Suspicion, 256> table{};
  for (std::size_t i = 0; i < 0x20; ++i) table[i] = Suspicion::control;
  table['\n'] = Suspicion::none;
  table['\t'] = Suspicion::none;
  table[0x7F] = Suspicion::control;
  table['<'] = Suspicion::markup;
  table['>'] = Suspicion::markup;
  table['&'] = Suspicion::markup;
  table[0xC2] = Suspicion::c1;
  table[0xE2] = Suspicion::direction;
  return table;
}();

bool is_c1(std::string_view text) noexcept { return text.size() >= 2 && octet(text[1]) < 0xA0; }

// U+202A to U+202E are E2 80 AA to AE, U+2066 to U+2069 are E2 81 A6 to A9.
bool is_direction(std::string_view text) noexcept {
  if (text.size() < 3) return false;
  const std::uint8_t last = octet(text[2]);
  return (octet(text[1]) == 0x80 && last >= 0xAA && last <= 0xAE) ||
         (octet(text[1]) == 0x81 && last >= 0xA6 && last <= 0xA9);
}

// How many bytes at the front of the text are not to be passed on as they are.
std::size_t unclean_size(std::string_view text, bool escape_html) noexcept {
  switch (kSuspicions[octet(text.front())]) {
    case Suspicion::none:
      return 0;
    case Suspicion::control:
      return 1;
    case Suspicion::markup:
      return escape_html ? 1 : 0;
    case Suspicion::c1:
      return is_c1(text) ? 2 : 0;
    case Suspicion::direction:
      return is_direction(text) ? 3 : 0;
  }
  return 0;
}

// How many bytes at the front of the text are clean.
std::size_t clean_size(std::string_view text, bool escape_html) noexcept {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (kSuspicions[octet(text[i])] == Suspicion::none) continue;  // Nearly always.
    if (unclean_size(text.substr(i), escape_html) > 0) return i;
  }
  return text.size();
}

std::string_view entity(char c) noexcept {
  if (c == '<') return "&lt;";
  if (c == '>') return "&gt;";
  return c == '&' ? "&amp;" : "";
}

}  // namespace

bool is_clean_text(std::string_view text, bool escape_html) noexcept {
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
