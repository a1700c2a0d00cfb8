// HTTP text: the character classes and list syntax of RFC 9110, shared by the HTTP parsers.
//
// Pure functions over views of the peer's text, for any thread; nothing is allocated and nothing is
// remembered. Case is that of ASCII, whatever the locale.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace protocol {

namespace detail {

inline constexpr auto kTokenCharacters = [] {
  std::array<bool, 256> found{};
  for (std::size_t c = '0'; c <= '9'; ++c) found[c] = true;
  for (std::size_t c = 'A'; c <= 'Z'; ++c) found[c] = true;
  for (std::size_t c = 'a'; c <= 'z'; ++c) found[c] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) {
    found[static_cast<unsigned char>(c)] = true;
  }
  return found;
}();

}  // namespace detail

// A character of a token, such as a method or a field name (RFC 9110 5.6.2).
constexpr bool is_token_character(char c) noexcept {
  return detail::kTokenCharacters[static_cast<unsigned char>(c)];
}

// One or more token characters.
constexpr bool is_token(std::string_view text) noexcept {
  for (const char c : text) {
    if (!is_token_character(c)) return false;
  }
  return !text.empty();
}

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool equal_ignoring_case(std::string_view left, std::string_view right) noexcept {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (lower(left[i]) != lower(right[i])) return false;
  }
  return true;
}

// Without the spaces and tabs around it (optional white space, RFC 9110 5.6.3).
constexpr std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes the next element off the front of a comma-separated list. Empty elements are skipped
// (RFC 9110 5.6.1.2); an empty view says that the list is used up.
constexpr std::string_view next_list_element(std::string_view& list) noexcept {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view element = trim(list.substr(0, comma));
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    if (!element.empty()) return element;
  }
  return {};
}

}  // namespace protocol
