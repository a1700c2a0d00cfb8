// UTF-8 reference: an independent and deliberately plain decoder, to test the fast ones against.
//
// It computes the code point and then asks whether it may be written so, instead of following the
// table of byte ranges that the product's automaton is built from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace tests {

// How many bytes the first byte of a character announces; zero if it cannot be a first byte.
inline std::size_t announced_size(std::uint32_t first) {
  if (first < 0x80) return 1;
  if ((first & 0xE0) == 0xC0) return 2;
  if ((first & 0xF0) == 0xE0) return 3;
  if ((first & 0xF8) == 0xF0) return 4;
  return 0;
}

// The size of the valid character at the front of the text; nothing if there is none.
inline std::optional<std::size_t> reference_character(std::span<const std::byte> text) {
  const std::size_t size = announced_size(static_cast<std::uint32_t>(text[0]));
  if (size == 0 || size > text.size()) return std::nullopt;
  std::uint32_t code_point =
      static_cast<std::uint32_t>(text[0]) & (0xFFu >> (size == 1 ? 0 : size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    const auto byte = static_cast<std::uint32_t>(text[i]);
    if ((byte & 0xC0) != 0x80) return std::nullopt;
    code_point = code_point << 6 | (byte & 0x3F);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool overlong = code_point < kLeast[size];
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  if (overlong || surrogate || code_point > 0x10FFFF) return std::nullopt;
  return size;
}

inline bool reference_is_valid_utf8(std::span<const std::byte> text) {
  while (!text.empty()) {
    const std::optional<std::size_t> size = reference_character(text);
    if (!size) return false;
    text = text.subspan(*size);
  }
  return true;
}

// Writes any number below 2^21 in the pattern of `size` bytes, whether or not UTF-8 allows it.
inline std::string encode_code_point(std::uint32_t code_point, std::size_t size) {
  if (size == 1) return std::string(1, static_cast<char>(code_point));
  std::string text(size, '\0');
  for (std::size_t at = size - 1; at > 0; --at) {
    text[at] = static_cast<char>(0x80 | (code_point & 0x3F));
    code_point >>= 6;
  }
  text[0] = static_cast<char>(0xF00u >> size | code_point);
  return text;
}

}  // namespace tests
