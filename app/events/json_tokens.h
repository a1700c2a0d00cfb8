// JsonTokens: finds the tokens of one JSON text, so that what reads it need not look for them.
//
// simdjson's first pass does it, many bytes at once; it also checks UTF-8 and that every string is
// closed and free of control characters. All else (grammar, numbers, escapes, depth) is the
// reader's to check: see EventReader. simdjson stays out of other files. One shard's own. Bound:
// the caller's; memory is that of the longest text so far, about ten times its size, so a scan
// allocates nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace app {

class JsonTokens {
 public:
  enum class Outcome : std::uint8_t { scanned, not_json, not_utf8 };

  JsonTokens();
  ~JsonTokens();
  JsonTokens(const JsonTokens&) = delete;
  JsonTokens& operator=(const JsonTokens&) = delete;

  // Copies the text, and goes to its first token. What was given for an earlier one is gone.
  Outcome scan(std::span<const std::byte> text);

  bool at_end() const noexcept { return next_ == end_; }

  // The first character of the next token; '\0', which begins none, at the end.
  char peek() const noexcept { return text_[*next_]; }

  // Goes on if the next token begins so; c is not '\0'.
  bool take(char c) noexcept {
    if (peek() != c) return false;
    ++next_;
    return true;
  }

  // Goes on, not being at the end, and gives the token without the space behind it. Inlined, as
  // what follows is: they are called for each token, and calls would cost more than they do.
  [[gnu::always_inline]] std::string_view take() noexcept {
    const char* const begin = text_ + *next_++;
    const char* end = text_ + *next_;
    while (is_space(end[-1])) --end;
    return {begin, end};
  }

  // Where the token that was taken last begins.
  const char* last() const noexcept { return text_ + next_[-1]; }

  // Sets `text` to that of a string token, `raw`, with its quotes. False when an escape is none.
  [[gnu::always_inline]] bool unescape(std::string_view raw, std::string_view& text) noexcept {
    text = std::string_view(raw.data() + 1, raw.size() - 2);
    // Few messages have any escape; then no string needs another look.
    return !escapes_ || unescape_slowly(raw, text);
  }

 private:
  struct Scanner;

  // A token ends with a character that is none of these, and seldom has space behind it.
  static bool is_space(char c) noexcept {
    return c <= ' ' && (c == ' ' || c == '\n' || c == '\r' || c == '\t');
  }

  bool unescape_slowly(std::string_view raw, std::string_view& text) noexcept;

  std::unique_ptr<Scanner> scanner_;
  const char* text_ = nullptr;           // Zeros behind it.
  const std::uint32_t* next_ = nullptr;  // Where each token begins; then the size of the text.
  const std::uint32_t* end_ = nullptr;
  bool escapes_ = false;
};

}  // namespace app
