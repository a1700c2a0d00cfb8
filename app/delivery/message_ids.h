// MessageIds: ids for messages that are not their sender's to name, such as "m3-1f": the shard and
// a count, in hex; unique while the process lives.
//
// Threads: the shard's own, one object each. Bound: 26 bytes of lower-case letters, digits and '-'.
#pragma once

#include <array>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace app {

class MessageIds {
 public:
  explicit MessageIds(std::uint32_t shard) noexcept {
    text_[0] = 'm';
    char* const end = std::to_chars(text_.data() + 1, text_.data() + text_.size(), shard, 16).ptr;
    *end = '-';
    number_at_ = end + 1 - text_.data();
  }

  // Holds until the next. By hand, because every message has one.
  std::string_view next() noexcept {
    ++count_;
    const auto digits = static_cast<std::size_t>(std::bit_width(count_) + 3) / 4;
    char* at = text_.data() + number_at_ + digits;
    const std::string_view id(text_.data(), at);
    for (std::uint64_t rest = count_; rest > 0; rest >>= 4U) *--at = "0123456789abcdef"[rest & 15U];
    return id;
  }

 private:
  std::array<char, 1 + 8 + 1 + 16> text_{};
  std::ptrdiff_t number_at_ = 0;
  std::uint64_t count_ = 0;
};

}  // namespace app
