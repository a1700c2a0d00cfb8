#include "protocol/frame_header.h"

#include <algorithm>
#include <cstring>

#include "base/bytes.h"
#include "base/check.h"

namespace protocol {

namespace {

constexpr std::uint32_t kLength16 = 126;               // The length follows in two octets.
constexpr std::uint32_t kLength64 = 127;               // The length follows in eight octets.
constexpr std::uint64_t kLengthMax = UINT64_MAX >> 1;  // Its highest bit must be zero.

constexpr HeaderDecode violated(Violation violation) noexcept {
  return {HeaderDecode::Status::violation, violation};
}

// What the first octet alone can break.
Violation check_first_octet(std::uint32_t first) noexcept {
  const auto opcode = static_cast<std::uint8_t>(first & 0xF);
  if ((first & 0x70) != 0) return Violation::reserved_bits_set;
  if (!is_known_opcode(opcode)) return Violation::reserved_opcode;
  if (is_control_opcode(opcode) && (first & 0x80) == 0) return Violation::control_fragmented;
  return Violation::none;
}

// What the second octet can break, the first being right.
Violation check_second_octet(std::uint32_t first, std::uint32_t second, Role role) noexcept {
  const bool masked = (second & 0x80) != 0;
  if (peer_must_mask(role) && !masked) return Violation::mask_missing;
  if (!peer_must_mask(role) && masked) return Violation::mask_forbidden;
  const bool control = is_control_opcode(static_cast<std::uint8_t>(first & 0xF));
  if (control && (second & 0x7F) >= kLength16) return Violation::control_too_long;
  return Violation::none;
}

Violation check_length(std::uint64_t payload_size, std::uint32_t short_length) noexcept {
  if (payload_size > kLengthMax) return Violation::length_too_large;
  const std::uint64_t least = short_length == kLength16 ? 126 : 0x10000;
  return payload_size < least ? Violation::length_not_minimal : Violation::none;
}

}  // namespace

HeaderDecode decode_frame_header(std::span<const std::byte> input, Role role,
                                 FrameHeader& out) noexcept {
  if (input.empty()) return {};
  const auto first = static_cast<std::uint32_t>(input[0]);
  if (const Violation v = check_first_octet(first); v != Violation::none) return violated(v);
  if (input.size() < 2) return {};
  const auto second = static_cast<std::uint32_t>(input[1]);
  if (const Violation v = check_second_octet(first, second, role); v != Violation::none) {
    return violated(v);
  }

  const std::uint32_t short_length = second & 0x7F;
  const std::uint32_t length_size = short_length < kLength16    ? 0
                                    : short_length == kLength16 ? 2
                                                                : 8;
  if (input.size() < 2 + length_size) return {};
  std::uint64_t payload_size = short_length;
  if (length_size != 0) {
    const std::byte* const length = input.data() + 2;
    payload_size = length_size == 2 ? base::load_big16(length) : base::load_big64(length);
    const Violation v = check_length(payload_size, short_length);
    if (v != Violation::none) return violated(v);
  }

  out.fin = (first & 0x80) != 0;
  out.reserved_bits = 0;
  out.opcode = static_cast<Opcode>(first & 0xF);
  out.masked = peer_must_mask(role);
  out.payload_size = payload_size;
  out.header_size = 2 + length_size;
  out.masking_key = {};
  if (out.masked) {
    out.header_size += sizeof(MaskingKey);
    if (input.size() < out.header_size) return {};
    std::memcpy(out.masking_key.data(), input.data() + 2 + length_size, sizeof(MaskingKey));
  }
  return {HeaderDecode::Status::complete, Violation::none};
}

std::size_t encode_frame_header(std::span<std::byte> out, const FrameHeader& header) noexcept {
  const std::size_t header_size = frame_header_size(header.payload_size, header.masked);
  CHECK(out.size() >= header_size);
  CHECK(header.payload_size <= kLengthMax);
  CHECK(header.reserved_bits <= 7);
  CHECK(!is_control(header.opcode) || (header.fin && header.payload_size <= 125));
  const auto mask_bit = header.masked ? std::byte{0x80} : std::byte{0};
  out[0] = (header.fin ? std::byte{0x80} : std::byte{0}) | std::byte{header.reserved_bits} << 4 |
           static_cast<std::byte>(header.opcode);
  std::size_t at = 2;
  if (header.payload_size <= 125) {
    out[1] = mask_bit | static_cast<std::byte>(header.payload_size);
  } else if (header.payload_size <= 0xFFFF) {
    out[1] = mask_bit | static_cast<std::byte>(kLength16);
    base::store_big16(&out[at], static_cast<std::uint16_t>(header.payload_size));
    at += sizeof(std::uint16_t);
  } else {
    out[1] = mask_bit | static_cast<std::byte>(kLength64);
    base::store_big64(&out[at], header.payload_size);
    at += sizeof(std::uint64_t);
  }
  if (header.masked) std::ranges::copy(header.masking_key, &out[at]);
  return header_size;
}

}  // namespace protocol
