// MessageAssembler: turns the bytes of a connection into messages and control events.
//
// A frame that is a whole message inside the input is unmasked and returned in place: no copy, no
// allocation, a few dozen instructions. What the end of the input cuts, and what the peer fragments
// (RFC 6455 5.4), is gathered in a buffer of the assembler's own. The announced length of a frame
// is checked against the limit at once but never trusted for memory.
//
// Threads:    one: the connection's shard.
// Limits:     a message of message_bytes_max; the buffer grows by doubling, to at most twice what
//             was received and never above message_bytes_max plus one control frame.
// When full:  a larger message is Violation::message_too_big as soon as its header says so.
// Idle:       when idle() holds, nothing is partial: drop the assembler, or reset() it, which frees
//             its buffer, and use it for any connection of the same role. Until then it keeps the
//             buffer for the next message, so whoever keeps assemblers resets them.
//
// Invariants:
//   (1) gathered_ holds the open message's earlier bytes, then the last control_size_ bytes are
//   those
//       of a control frame that the input cut. Control frames come between fragments, never within.
//   (2) phase_ is between_messages exactly when no message is open and the parser holds nothing.
//   (3) After a violation each call returns that violation; after a close each call discards all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "base/limits.h"
#include "protocol/close_code.h"
#include "protocol/frame_parser.h"
#include "protocol/gather_buffer.h"
#include "protocol/mask.h"
#include "protocol/role.h"
#include "protocol/utf8.h"
#include "protocol/violation.h"

namespace protocol {

struct MessageEvent {
  enum class Kind : std::uint8_t { need_more, text, binary, ping, pong, close, violation };
  Kind kind = Kind::need_more;
  Violation violation = Violation::none;
  CloseCode close_code = CloseCode::no_status;  // For close: no_status if the frame had none.
  std::span<std::byte> payload{};               // For close: the reason.

  bool is_message() const noexcept { return kind == Kind::text || kind == Kind::binary; }
};

class MessageAssembler {
 public:
  MessageAssembler(Role role, std::uint64_t message_bytes_max) noexcept;

  // A moved-from assembler may be assigned to, reset() or destroyed, no more.
  MessageAssembler(MessageAssembler&&) noexcept = default;
  MessageAssembler& operator=(MessageAssembler&&) noexcept = default;
  MessageAssembler(const MessageAssembler&) = delete;
  MessageAssembler& operator=(const MessageAssembler&) = delete;
  ~MessageAssembler() = default;

  // Consumes from the front of the input, up to the next event; need_more means that the input is
  // used up. The payload is valid until the next call, or until the input's memory is reused.
  MessageEvent next(std::span<std::byte>& input) noexcept;

  // Forgets everything and frees the buffer; the role and the limit stay.
  void reset() noexcept;

  // Nothing partial, and neither violated nor closed: the object may be dropped or reused.
  bool idle() const noexcept { return phase_ == Phase::between_messages; }

  // What the assembler holds on the heap.
  std::size_t buffer_bytes() const noexcept { return gathered_.capacity(); }

 private:
  enum class Phase : std::uint8_t { between_messages, within_message, closed, violated };

  bool begins_with_short_message(std::span<const std::byte> input) const noexcept;
  MessageEvent take_whole_message(std::span<std::byte>& input, std::size_t header_size,
                                  std::size_t payload_size) noexcept;
  std::size_t medium_message_size(std::span<const std::byte> input) const noexcept;
  [[gnu::noinline]] MessageEvent next_general(std::span<std::byte>& input) noexcept;
  Violation check_header() noexcept;
  MessageEvent take_control(std::span<std::byte> piece, bool frame_end) noexcept;
  MessageEvent take_data(std::span<std::byte> piece, bool frame_end) noexcept;
  void gather(std::span<const std::byte> piece) noexcept;
  MessageEvent control_event(std::span<std::byte> payload) noexcept;
  MessageEvent close_event(std::span<std::byte> payload) noexcept;
  MessageEvent data_event(std::span<std::byte> payload) noexcept;
  MessageEvent fail(Violation violation) noexcept;
  void settle_phase() noexcept;

  GatherBuffer gathered_;
  std::uint32_t message_bytes_max_;
  Phase phase_ = Phase::between_messages;
  Violation violation_ = Violation::none;
  Opcode message_opcode_ = Opcode::continuation;  // continuation: no message is open.
  std::uint8_t control_size_ = 0;
  Utf8Validator utf8_;
  FrameParser parser_;
};

static_assert(sizeof(MessageAssembler) <= 64, "an assembler is one cache line");

// The common case, inline: an unfragmented text or binary message of at most 125 bytes, wholly
// inside the input. Anything else, be it right or wrong, is for next_general().
inline bool MessageAssembler::begins_with_short_message(
    std::span<const std::byte> input) const noexcept {
  if (input.size() < 2) return false;
  const bool masked = peer_must_mask(parser_.role());
  const auto first = static_cast<std::uint32_t>(input[0]);
  const auto second = static_cast<std::uint32_t>(input[1]);
  const std::uint32_t opcode = first ^ 0x80;  // If FIN is set and the reserved bits are not.
  const std::uint32_t payload_size = second ^ (masked ? 0x80u : 0u);  // If the mask bit is right.
  if (opcode != 0x1 && opcode != 0x2) return false;
  return payload_size <= base::kControlPayloadBytesMax &&
         input.size() >= frame_header_size(0, masked) + payload_size;
}

// An unfragmented message that is wholly inside the input, whose header ends with its mask.
inline MessageEvent MessageAssembler::take_whole_message(std::span<std::byte>& input,
                                                         std::size_t header_size,
                                                         std::size_t payload_size) noexcept {
  const bool text = input[0] == std::byte{0x81};
  const std::span<std::byte> payload = input.subspan(header_size, payload_size);
  if (peer_must_mask(parser_.role())) {
    MaskingKey key;
    std::memcpy(key.data(), payload.data() - key.size(), key.size());
    apply_mask(payload, key, 0);
  }
  input = input.subspan(header_size + payload_size);
  if (text && !is_valid_utf8(payload)) [[unlikely]]
    return fail(Violation::text_not_utf8);
  return {.kind = text ? MessageEvent::Kind::text : MessageEvent::Kind::binary, .payload = payload};
}

inline MessageEvent MessageAssembler::next(std::span<std::byte>& input) noexcept {
  const bool between = phase_ == Phase::between_messages;
  if (between && begins_with_short_message(input)) [[likely]]
    return take_whole_message(input, frame_header_size(0, peer_must_mask(parser_.role())),
                              static_cast<std::size_t>(input[1]) & 0x7F);
  std::span<std::byte> rest = input;  // A copy, so that the caller's can stay in registers.
  const MessageEvent event = next_general(rest);
  input = rest;
  return event;
}

}  // namespace protocol
