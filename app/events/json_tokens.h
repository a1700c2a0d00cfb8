// JsonTokens: goes over the tokens of one JSON text, each looked at once and strings many octets at
// a time.
//
// Checked are UTF-8 and strings: closed, no control characters, good escapes. All else (grammar,
// numbers, depth) is the reader's to check: see EventReader. Escapes are simdjson's to resolve,
// which stays out of other files. One shard's own. Bound: the caller's; memory is that of the
// longest text so far, twice its size, so that nothing is allocated for others.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/byte_scan.h"

namespace app {

class JsonTokens {
 public:
  JsonTokens();
  ~JsonTokens();
  JsonTokens(const JsonTokens&) = delete;
  JsonTokens& operator=(const JsonTokens&) = delete;

  // Copies the text, and goes to its first token. What was given for an earlier one is gone. False
  // when it is not UTF-8.
  bool begin(std::span<const std::byte> text);

  bool at_end() const noexcept { return at_ == end_; }

  // The first character of the next token; '\0', which begins none, at the end.
  char peek() const noexcept { return *at_; }

  // Goes on if the next token is that sign, which is not '\0'.
  bool take(char sign) noexcept {
    if (*at_ != sign) return false;
    ++at_;
    skip_space();
    return true;
  }

  // Goes on behind a string, whose quote is next, and says what it is, `raw` with its quotes as it
  // came and `text` unescaped. False when it is not closed, has a control character, or an escape
  // that is none.
  bool take_string(std::string_view& raw, std::string_view& text) noexcept {
    const char* const begin = at_ + 1;
    const char* const end = begin + plain_size(begin);
    if (*end != '"') return take_escaped_string(raw, text);
    raw = {at_, end + 1};
    text = {begin, end};
    at_ = end + 1;
    skip_space();
    return true;
  }

  // Goes on behind what is neither a sign nor a string, and gives it.
  std::string_view take_word() noexcept {
    const char* const begin = at_;
    while (at_ != end_ && !kEndsWord[static_cast<std::uint8_t>(*at_)]) ++at_;
    const std::string_view word(begin, at_);
    skip_space();
    return word;
  }

  // Where the next token begins, and where the one before it ended.
  const char* here() const noexcept { return at_; }
  const char* end_of_last() const noexcept {
    const char* end = at_;
    while (is_space(end[-1])) --end;
    return end;
  }

 private:
  struct Scratch;

  static constexpr bool is_space(char c) noexcept {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
  }
  static constexpr std::array<bool, 256> kEndsWord = [] {
    std::array<bool, 256> table{};
    for (const char c : std::string_view(" \n\r\t\"{}[]:,"))
      table[static_cast<std::uint8_t>(c)] = true;
    return table;
  }();

  void skip_space() noexcept {
    while (*at_ <= ' ' && is_space(*at_)) ++at_;
  }

  // How many octets from there are a string's, and stand for themselves.
  std::size_t plain_size(const char* from) const noexcept {
    return base::find_octet_from(
        from, [](auto octet) { return (octet < 0x20) | (octet == '"') | (octet == '\\'); });
  }

  bool take_escaped_string(std::string_view& raw, std::string_view& text) noexcept;

  std::unique_ptr<Scratch> scratch_;
  const char* at_ = nullptr;   // The next token.
  const char* end_ = nullptr;  // Of the text; a zero is there, and padding behind it.
};

}  // namespace app
