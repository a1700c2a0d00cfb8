// Bytes: network byte order in and out of raw memory, and the two views of the same octets.
//
// Wire integers are read and written here only, by any thread, at any alignment, and never by
// casting a pointer to an integer's. The caller guarantees that the bytes are there: each function
// touches exactly as many as its name says.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace base {

namespace detail {

constexpr std::uint16_t swap_bytes(std::uint16_t value) noexcept {
  return __builtin_bswap16(value);
}
constexpr std::uint32_t swap_bytes(std::uint32_t value) noexcept {
  return __builtin_bswap32(value);
}
constexpr std::uint64_t swap_bytes(std::uint64_t value) noexcept {
  return __builtin_bswap64(value);
}

// Host order to network order and back: the same swap both ways.
template <std::unsigned_integral T>
constexpr T big_endian(T value) noexcept {
  if constexpr (std::endian::native == std::endian::big) return value;
  return swap_bytes(value);
}

template <std::unsigned_integral T>
T load_big(const std::byte* from) noexcept {
  T value;
  std::memcpy(&value, from, sizeof(value));
  return big_endian(value);
}

template <std::unsigned_integral T>
void store_big(std::byte* to, T value) noexcept {
  value = big_endian(value);
  std::memcpy(to, &value, sizeof(value));
}

}  // namespace detail

inline std::uint16_t load_big16(const std::byte* from) noexcept {
  return detail::load_big<std::uint16_t>(from);
}
inline std::uint32_t load_big32(const std::byte* from) noexcept {
  return detail::load_big<std::uint32_t>(from);
}
inline std::uint64_t load_big64(const std::byte* from) noexcept {
  return detail::load_big<std::uint64_t>(from);
}

inline void store_big16(std::byte* to, std::uint16_t value) noexcept {
  detail::store_big(to, value);
}
inline void store_big32(std::byte* to, std::uint32_t value) noexcept {
  detail::store_big(to, value);
}
inline void store_big64(std::byte* to, std::uint64_t value) noexcept {
  detail::store_big(to, value);
}

// The octets of a text, without copying: valid as long as the text is.
inline std::span<const std::byte> as_bytes(std::string_view text) noexcept {
  return std::as_bytes(std::span<const char>(text.data(), text.size()));
}

// Octets read as text, without copying or checking: what the encoding is, the caller knows.
inline std::string_view as_text(std::span<const std::byte> bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace base
