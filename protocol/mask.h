// Mask: the exclusive-or with a four-octet key that frames from clients carry (RFC 6455 5.3).
//
// apply_mask() works in place, at any alignment, and touches exactly the bytes it is given. Masking
// and unmasking are the same operation. Up to 64 bytes it is inline and branches once or twice;
// above, it uses the widest vectors that this processor has, which was found out once, at start.
// `offset` is the position of data[0] within the payload, so a payload may be unmasked in pieces.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace protocol {

namespace detail {

// Two registers' worth of payload: the compiler makes one vector instruction of each operation.
using MaskBlock [[gnu::vector_size(16)]] = std::uint64_t;

// The key as one word in memory order, turned so that its first octet meets payload[offset].
inline std::uint32_t turned(std::uint32_t key, std::uint64_t offset) noexcept {
  const auto turn = static_cast<int>(offset % 4 * 8);
  return std::endian::native == std::endian::little ? std::rotr(key, turn) : std::rotl(key, turn);
}

inline std::uint32_t key_word(std::array<std::byte, 4> key) noexcept {
  return std::bit_cast<std::uint32_t>(key);
}

inline std::uint64_t doubled(std::uint32_t word) noexcept {
  return std::uint64_t{word} << 32 | word;
}

// Masks one word at the front of the data and one at its end, which together cover it. They may
// overlap: both are read before either is written, and they agree on the bytes that they share.
template <typename Word>
void mask_both_ends(std::byte* data, std::size_t size, Word front_key, Word back_key) noexcept {
  Word front;
  Word back;
  std::memcpy(&front, data, sizeof(Word));
  std::memcpy(&back, data + size - sizeof(Word), sizeof(Word));
  front ^= front_key;
  back ^= back_key;
  std::memcpy(data, &front, sizeof(Word));
  std::memcpy(data + size - sizeof(Word), &back, sizeof(Word));
}

// Byte by byte: the definition, which the fast ones are tested against.
void apply_mask_scalar(std::span<std::byte> data, std::array<std::byte, 4> key,
                       std::uint64_t offset) noexcept;

// The vector versions, for at least one block (16 and 32 bytes); apply_mask_long() chooses.
// Exposed so that tests can run each against the scalar one.
void apply_mask_baseline(std::span<std::byte> data, std::uint32_t key) noexcept;
void apply_mask_avx2(std::span<std::byte> data, std::uint32_t key) noexcept;
void apply_mask_long(std::span<std::byte> data, std::uint32_t key) noexcept;

// 16 to 64 bytes, as one to four blocks. The last block may overlap the one before it, so it is
// read before any block is written.
inline void apply_mask_blocks(std::byte* data, std::size_t size, std::uint32_t key) noexcept {
  const std::uint64_t wide = doubled(key);
  const MaskBlock front_key = {wide, wide};
  const std::uint64_t back_wide = doubled(turned(key, size));
  MaskBlock back;
  std::memcpy(&back, data + size - sizeof(MaskBlock), sizeof(MaskBlock));
  back ^= MaskBlock{back_wide, back_wide};
  for (std::size_t at = 0; at + sizeof(MaskBlock) < size; at += sizeof(MaskBlock)) {
    MaskBlock block;
    std::memcpy(&block, data + at, sizeof(MaskBlock));
    block ^= front_key;
    std::memcpy(data + at, &block, sizeof(MaskBlock));
  }
  std::memcpy(data + size - sizeof(MaskBlock), &back, sizeof(MaskBlock));
}

// Fewer than 16 bytes.
inline void apply_mask_short(std::byte* data, std::size_t size, std::uint32_t key) noexcept {
  const std::uint32_t back_key = turned(key, size);
  if (size >= 8) return mask_both_ends(data, size, doubled(key), doubled(back_key));
  if (size >= 4) return mask_both_ends(data, size, key, back_key);
  const auto octets = std::bit_cast<std::array<std::byte, 4>>(key);
  for (std::size_t i = 0; i < size; ++i) data[i] ^= octets[i];
}

}  // namespace detail

inline void apply_mask(std::span<std::byte> data, std::array<std::byte, 4> key,
                       std::uint64_t offset) noexcept {
  const std::uint32_t word = detail::turned(detail::key_word(key), offset);
  if (data.size() < 16) return detail::apply_mask_short(data.data(), data.size(), word);
  if (data.size() <= 64) return detail::apply_mask_blocks(data.data(), data.size(), word);
  detail::apply_mask_long(data, word);
}

}  // namespace protocol
