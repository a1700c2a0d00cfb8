// TextPen: writes the pieces of one text behind what a string holds, into room that is made for all
// of them at once: a piece then costs little more than its bytes.
//
// The string may be used again once the pen is gone. Bound: the bytes that the caller announced,
// which the pieces keep, or it is a failed CHECK; what must be escaped may be longer. One thread.
#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/json_text.h"

namespace base {

class TextPen {
 public:
  TextPen(std::string& out, std::size_t bytes_most) : out_(out) { make_room(bytes_most); }
  TextPen(const TextPen&) = delete;
  TextPen& operator=(const TextPen&) = delete;
  ~TextPen() { out_.resize(size()); }

  void write(std::string_view text) {
    CHECK(text.size() <= static_cast<std::size_t>(end_ - at_));
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  // What stands between the quotes of a JSON string. What is not UTF-8 becomes U+FFFD.
  void write_json_escaped(std::string_view text) {
    if (json_plain_size(text) == text.size()) [[likely]] {
      write(text);
    } else {
      write_escaped(text);
    }
  }
  void write_spaces(std::size_t count) {
    CHECK(count <= static_cast<std::size_t>(end_ - at_));
    std::memset(at_, ' ', count);
    at_ += count;
  }

  // Of what the string holds and what has been written behind it.
  std::size_t size() const noexcept { return static_cast<std::size_t>(at_ - out_.data()); }

 private:
  void make_room(std::size_t bytes) {
    const std::size_t begin = out_.size();
    out_.resize(begin + bytes);
    at_ = out_.data() + begin;
    end_ = at_ + bytes;
  }
  [[gnu::noinline]] void write_escaped(std::string_view text) {
    CHECK(text.size() <= static_cast<std::size_t>(end_ - at_));
    const std::size_t left = static_cast<std::size_t>(end_ - at_) - text.size();
    out_.resize(size());
    append_json_escaped(out_, text);
    make_room(left);
  }

  std::string& out_;
  char* at_ = nullptr;
  char* end_ = nullptr;
};

}  // namespace base
