// FrameHeader: the two to fourteen octets in front of each frame's payload (RFC 6455 5.2).
//
// decode_frame_header() reads one from the front of the input and judges all that a header alone
// can break. Short whole messages, nearly all there are, never come here: MessageAssembler::next()
// reads their two octets itself. Pure functions over the bytes they are given.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "protocol/opcode.h"
#include "protocol/role.h"
#include "protocol/violation.h"

namespace protocol {

using MaskingKey = std::array<std::byte, 4>;

struct FrameHeader {
  bool fin = false;
  std::uint8_t reserved_bits = 0;  // RSV1 to RSV3, RSV1 the highest of three.
  Opcode opcode = Opcode::continuation;
  bool masked = false;
  std::uint32_t header_size = 0;
  std::uint64_t payload_size = 0;
  MaskingKey masking_key{};
};

struct HeaderDecode {
  enum class Status : std::uint8_t { need_more, complete, violation };
  Status status = Status::need_more;
  Violation violation = Violation::none;  // Other than none exactly when status is violation.
};

// Decodes a header sent to us in `role`. `out` is meaningful only when the status is complete. A
// violation is told as soon as the octets that prove it are there, even if more are missing.
HeaderDecode decode_frame_header(std::span<const std::byte> input, Role role,
                                 FrameHeader& out) noexcept;

// How many octets the header of a frame takes, its length in the shortest form.
constexpr std::size_t frame_header_size(std::uint64_t payload_size, bool masked) noexcept {
  const std::size_t length_size = payload_size <= 125 ? 0 : payload_size <= 0xFFFF ? 2 : 8;
  return 2 + length_size + (masked ? sizeof(MaskingKey) : 0);
}

// Encodes the header in the shortest form and returns its size; header_size itself is not read.
// `out` must have room for frame_header_size().
std::size_t encode_frame_header(std::span<std::byte> out, const FrameHeader& header) noexcept;

}  // namespace protocol
