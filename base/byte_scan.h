// Byte scan: where in a text the first octet is that a test finds, sixteen octets at a time.
//
// The test is a generic function object without a branch, such as
// `[](auto octet) { return (octet < 0x20) | (octet == 0x7F); }`: it is asked of single octets, and
// of vectors of them, lane by lane. Pure, any thread; reads nothing outside the text.
#pragma once

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace base {

namespace detail {

using HalfBlock [[gnu::vector_size(8)]] = std::uint8_t;
using Block [[gnu::vector_size(16)]] = std::uint8_t;

static_assert(std::endian::native == std::endian::little, "lanes are counted from the low end");

// The first lane that is not zero; as many as there are lanes if all are. A lane of what a test of
// vectors says is all ones where it is true.
template <typename Lanes>
std::size_t first_true_lane(const Lanes& lanes) noexcept {
#if defined(__SSE2__)
  if constexpr (sizeof(Lanes) == sizeof(__m128i)) {
    __m128i octets;
    std::memcpy(&octets, &lanes, sizeof(octets));
    const auto mask = static_cast<std::uint32_t>(_mm_movemask_epi8(octets));
    return static_cast<std::size_t>(std::countr_zero(mask | std::uint32_t{1} << sizeof(Lanes)));
  }
#endif
  std::uint64_t words[sizeof(Lanes) / sizeof(std::uint64_t)];
  std::memcpy(words, &lanes, sizeof(words));
  std::size_t lane = 0;
  for (const std::uint64_t word : words) {
    lane += static_cast<std::size_t>(std::countr_zero(word) / 8);
    if (word != 0) break;
  }
  return lane;
}

// The first lane of the block that the test finds; as many as there are lanes if it finds none.
template <typename Octets, typename Test>
std::size_t first_found_lane(const char* at, Test test) noexcept {
  Octets octets;
  std::memcpy(&octets, at, sizeof(octets));
  return first_true_lane(test(octets));
}

// Of a text that is at least one block long: the last block overlaps the one before it, where
// nothing was found.
template <typename Test>
std::size_t find_octet_by_blocks(std::string_view text, Test test) noexcept {
  const std::size_t last = text.size() - sizeof(Block);
  for (std::size_t at = 0; at < last; at += sizeof(Block)) {
    const std::size_t lane = first_found_lane<Block>(text.data() + at, test);
    if (lane < sizeof(Block)) return at + lane;
  }
  return last + first_found_lane<Block>(text.data() + last, test);
}

// Of a text that is at least half as long as such a block, and shorter than it: its two halves as
// one block, of which the second overlaps the first.
template <typename Octets, typename Test>
std::size_t find_octet_in_halves(std::string_view text, Test test) noexcept {
  constexpr std::size_t kHalf = sizeof(Octets) / 2;
  char both[sizeof(Octets)];
  std::memcpy(both, text.data(), kHalf);
  std::memcpy(both + kHalf, text.data() + text.size() - kHalf, kHalf);
  const std::size_t lane = first_found_lane<Octets>(both, test);
  return lane < kHalf ? lane : text.size() - sizeof(Octets) + lane;
}

}  // namespace detail

// A test by one comparison: whether it is no printable ASCII (0x20 to 0x7E).
template <typename Octets>
constexpr auto is_not_printable(Octets octet) noexcept {
  return static_cast<Octets>(octet - 0x20) >= 0x5F;
}

// The index of the first octet that the test finds; the text's size if there is none.
template <typename Test>
std::size_t find_octet(std::string_view text, Test test) noexcept {
  using detail::Block;
  using detail::HalfBlock;
  if (text.size() >= sizeof(Block)) return detail::find_octet_by_blocks(text, test);
  if (text.size() >= sizeof(Block) / 2) return detail::find_octet_in_halves<Block>(text, test);
  if (text.size() >= sizeof(HalfBlock) / 2) {
    return detail::find_octet_in_halves<HalfBlock>(text, test);
  }
  std::size_t at = 0;
  while (at < text.size() && !test(static_cast<std::uint8_t>(text[at]))) ++at;
  return at;
}

}  // namespace base
