// FrameParser: takes frames apart however the stream was cut, down to one byte at a time.
//
// It hands out each header once, then the payload in the pieces in which it arrives, unmasked in
// place. It holds at most one partial header, allocates nothing, and neither knows nor bounds what
// messages are made of: that is MessageAssembler, its caller. One thread: the connection's.
//
// Invariants:
//   (1) Between frames payload_left_ is zero; within a payload no header bytes are held.
//   (2) After a violation the parser is not called again, except for reset().
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/limits.h"
#include "protocol/frame_header.h"

namespace protocol {

struct FrameStep {
  enum class Kind : std::uint8_t { need_more, header, payload, violation };
  Kind kind = Kind::need_more;
  bool frame_end = false;  // The frame ends with this step; never set for need_more.
  Violation violation = Violation::none;
  std::span<std::byte> payload{};  // Unmasked; a part of the input.
};

class FrameParser {
 public:
  explicit FrameParser(Role role) noexcept : role_(role) {}

  // Consumes one header, or a piece of payload, from the front of the input. need_more means that
  // the input is used up. A frame without payload ends with its header.
  FrameStep next(std::span<std::byte>& input) noexcept;

  // Of the frame that the last header step announced.
  bool fin() const noexcept { return fin_; }
  Opcode opcode() const noexcept { return opcode_; }
  // How much of its payload has not been handed out yet.
  std::uint64_t payload_left() const noexcept { return payload_left_; }

  Role role() const noexcept { return role_; }
  bool between_frames() const noexcept { return payload_left_ == 0 && header_size_ == 0; }
  void reset() noexcept { *this = FrameParser(role_); }

 private:
  FrameStep next_header(std::span<std::byte>& input) noexcept;
  FrameStep next_payload(std::span<std::byte>& input) noexcept;

  std::uint64_t payload_left_ = 0;
  MaskingKey masking_key_{};  // Turned so that its first octet meets the next payload byte.
  Role role_;
  bool fin_ = false;
  Opcode opcode_ = Opcode::continuation;
  std::uint8_t header_size_ = 0;  // How many bytes of header_ are held.
  std::array<std::byte, base::kFrameHeaderBytesMax> header_{};
};

}  // namespace protocol
