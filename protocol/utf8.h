// UTF-8: whether bytes are the UTF-8 that text messages and close reasons must be (RFC 6455 8.1).
//
// is_valid_utf8() judges a whole text; Utf8Validator judges one that arrives in pieces and fails at
// the first byte that no continuation can mend. Both follow the table of RFC 3629 4: no overlong
// forms, no surrogates, nothing above U+10FFFF. Short ASCII is decided inline; long texts use the
// widest vectors that this processor has. Neither reads past its input, nor allocates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace protocol {

namespace detail {

using TextBlock [[gnu::vector_size(16)]] = std::uint64_t;

inline constexpr std::uint64_t kHighBits = 0x8080808080808080;

// The general case, for any size; ASCII included.
bool is_valid_utf8_long(std::span<const std::byte> text) noexcept;
// The versions behind it, exposed so that tests can run one against the other.
bool is_valid_utf8_scalar(std::span<const std::byte> text) noexcept;
bool is_valid_utf8_avx2(std::span<const std::byte> text) noexcept;

// Whether all of 8 to 64 bytes are ASCII. The last words may overlap: they are only read.
inline bool is_short_ascii(const std::byte* text, std::size_t size) noexcept {
  std::uint64_t word;
  std::memcpy(&word, text + size - sizeof(word), sizeof(word));
  std::uint64_t seen = word;
  if (size < sizeof(TextBlock)) {
    std::memcpy(&word, text, sizeof(word));
    return ((seen | word) & kHighBits) == 0;
  }
  TextBlock block;
  std::memcpy(&block, text + size - sizeof(block), sizeof(block));
  TextBlock gathered = block;
  for (std::size_t at = 0; at + sizeof(block) < size; at += sizeof(block)) {
    std::memcpy(&block, text + at, sizeof(block));
    gathered |= block;
  }
  return ((gathered[0] | gathered[1]) & kHighBits) == 0;
}

}  // namespace detail

inline bool is_valid_utf8(std::span<const std::byte> text) noexcept {
  if (text.size() >= 8 && text.size() <= 64) {
    if (detail::is_short_ascii(text.data(), text.size())) return true;
  }
  return detail::is_valid_utf8_long(text);
}

class Utf8Validator {
 public:
  // Judges the next piece. False, then and ever after, when the text cannot be valid any more.
  bool feed(std::span<const std::byte> piece) noexcept;

  // Whether the text so far is valid and does not end within a character.
  bool complete() const noexcept { return state_ == kAccept; }

  void reset() noexcept { state_ = kAccept; }

 private:
  static constexpr std::uint8_t kAccept = 0;

  std::uint8_t state_ = kAccept;  // Of the automaton in utf8.cc.
};

}  // namespace protocol
