#include "loadgen/message.h"

#include <array>
#include <cstring>

#include "base/bytes.h"
#include "base/check.h"

namespace loadgen {

namespace {

constexpr std::uint32_t kMagic = 0x4D524C44;  // "MRLD"
constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15U;
constexpr std::size_t kWordBytes = sizeof(std::uint64_t);

constexpr std::uint64_t stir(std::uint64_t state, std::uint64_t value) noexcept {
  state = (state ^ value) * kMultiplier;
  return state ^ state >> 29U;
}

constexpr std::uint32_t check_of(std::uint64_t digest) noexcept {
  return static_cast<std::uint32_t>(digest >> 32U);
}

void write_padding(std::span<std::byte> padding, std::uint64_t word) noexcept {
  while (padding.size() >= kWordBytes) {
    word += kMultiplier;
    base::store_big64(padding.data(), word);
    padding = padding.subspan(kWordBytes);
  }
  if (padding.empty()) return;
  std::array<std::byte, kWordBytes> last;
  base::store_big64(last.data(), word + kMultiplier);
  std::memcpy(padding.data(), last.data(), padding.size());
}

bool padding_is(std::span<const std::byte> padding, std::uint64_t word) noexcept {
  std::uint64_t difference = 0;
  while (padding.size() >= kWordBytes) {
    word += kMultiplier;
    difference |= base::load_big64(padding.data()) ^ word;
    padding = padding.subspan(kWordBytes);
  }
  if (difference != 0) return false;
  if (padding.empty()) return true;
  std::array<std::byte, kWordBytes> last;
  base::store_big64(last.data(), word + kMultiplier);
  return std::memcmp(padding.data(), last.data(), padding.size()) == 0;
}

constexpr char digit_of(unsigned value) noexcept {
  return static_cast<char>(value < 10 ? '0' + value : 'a' + value - 10);
}

// Above 15 for what is no digit of ours.
constexpr unsigned value_of(std::byte digit) noexcept {
  const auto c = std::to_integer<unsigned>(digit);
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

}  // namespace

std::uint64_t MessageCodec::digest(const Stamp& stamp, std::size_t size) const noexcept {
  std::uint64_t digest = stir(seed_, std::uint64_t{stamp.room} << 32U | stamp.publisher);
  digest = stir(digest, stamp.sequence);
  digest = stir(digest, static_cast<std::uint64_t>(stamp.intended_ns));
  return stir(digest, size);
}

void MessageCodec::write(std::span<std::byte> message, const Stamp& stamp) const noexcept {
  CHECK(message.size() >= kStampBytes);
  const std::uint64_t digest = this->digest(stamp, message.size());
  std::byte* to = message.data();
  base::store_big32(to, kMagic);
  base::store_big32(to + 4, stamp.room);
  base::store_big32(to + 8, stamp.publisher);
  base::store_big32(to + 12, check_of(digest));
  base::store_big64(to + 16, stamp.sequence);
  base::store_big64(to + 24, static_cast<std::uint64_t>(stamp.intended_ns));
  write_padding(message.subspan(kStampBytes), digest);
}

bool MessageCodec::read(std::span<const std::byte> message, Stamp& stamp) const noexcept {
  if (message.size() < kStampBytes) return false;
  const std::byte* from = message.data();
  if (base::load_big32(from) != kMagic) return false;
  stamp.room = base::load_big32(from + 4);
  stamp.publisher = base::load_big32(from + 8);
  stamp.sequence = base::load_big64(from + 16);
  stamp.intended_ns = static_cast<std::int64_t>(base::load_big64(from + 24));
  const std::uint64_t digest = this->digest(stamp, message.size());
  return base::load_big32(from + 12) == check_of(digest) &&
         padding_is(message.subspan(kStampBytes), digest);
}

void MessageCodec::write_text(std::span<std::byte> text, const Stamp& stamp,
                              std::span<std::byte> scratch) const noexcept {
  const std::span<std::byte> message = scratch.first(text.size() / kTextPerByte);
  CHECK(text.size() == message.size() * kTextPerByte);
  write(message, stamp);
  for (std::size_t i = 0; i < message.size(); ++i) {
    const auto octet = std::to_integer<unsigned>(message[i]);
    text[2 * i] = static_cast<std::byte>(digit_of(octet >> 4U));
    text[2 * i + 1] = static_cast<std::byte>(digit_of(octet & 15U));
  }
}

bool MessageCodec::read_text(std::span<const std::byte> text, Stamp& stamp,
                             std::span<std::byte> scratch) const noexcept {
  const std::size_t size = text.size() / kTextPerByte;
  if (text.size() != size * kTextPerByte || size > scratch.size()) return false;
  for (std::size_t i = 0; i < size; ++i) {
    const unsigned high = value_of(text[2 * i]);
    const unsigned low = value_of(text[2 * i + 1]);
    if (high > 15 || low > 15) return false;
    scratch[i] = static_cast<std::byte>(high << 4U | low);
  }
  return read(scratch.first(size), stamp);
}

}  // namespace loadgen
