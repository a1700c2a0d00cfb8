#include "protocol/message_assembler.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/check.h"
#include "base/limits.h"

namespace protocol {

MessageAssembler::MessageAssembler(Role role, std::uint64_t message_bytes_max) noexcept
    : message_bytes_max_(static_cast<std::uint32_t>(message_bytes_max)), parser_(role) {
  CHECK(message_bytes_max >= base::kMessageBytesLeast);
  CHECK(message_bytes_max <= base::kMessageBytesMost);
}

void MessageAssembler::reset() noexcept {
  *this = MessageAssembler(parser_.role(), message_bytes_max_);
}

// The size of an unfragmented text or binary message of 126 bytes to 64 KiB that is wholly inside
// the input and within its limit; else 0.
std::size_t MessageAssembler::medium_message_size(std::span<const std::byte> input) const noexcept {
  const bool masked = peer_must_mask(parser_.role());
  const std::size_t header_size = frame_header_size(base::kControlPayloadBytesMax + 1, masked);
  if (input.size() < header_size) return 0;
  const auto opcode = static_cast<std::uint32_t>(input[0]) ^ 0x80U;  // As of a short message.
  if (opcode != 0x1 && opcode != 0x2) return 0;
  if (static_cast<std::uint32_t>(input[1]) != (masked ? 0xFEU : 0x7EU)) return 0;
  const std::size_t size = base::load_big16(input.data() + 2);
  const bool whole = size > base::kControlPayloadBytesMax && size <= input.size() - header_size;
  return whole && size <= message_bytes_max_ ? size : 0;
}

MessageEvent MessageAssembler::next_general(std::span<std::byte>& input) noexcept {
  if (phase_ == Phase::between_messages) {
    if (const std::size_t size = medium_message_size(input); size > 0) {
      const bool masked = peer_must_mask(parser_.role());
      return take_whole_message(input, frame_header_size(size, masked), size);
    }
  }
  if (phase_ == Phase::violated) return fail(violation_);
  if (phase_ == Phase::closed) input = {};  // Nothing counts after a close frame (RFC 6455 1.4).
  while (!input.empty()) {
    const FrameStep step = parser_.next(input);
    switch (step.kind) {
      case FrameStep::Kind::violation:
        return fail(step.violation);
      case FrameStep::Kind::need_more:
        continue;
      case FrameStep::Kind::header:
        if (const Violation v = check_header(); v != Violation::none) return fail(v);
        if (!step.frame_end) continue;
        break;
      case FrameStep::Kind::payload:
        break;
    }
    const MessageEvent event = is_control(parser_.opcode())
                                   ? take_control(step.payload, step.frame_end)
                                   : take_data(step.payload, step.frame_end);
    if (event.kind != MessageEvent::Kind::need_more) return event;
  }
  settle_phase();
  return {};
}

// What a header can break that is right by itself: the order of frames, and the message's size.
Violation MessageAssembler::check_header() noexcept {
  const Opcode opcode = parser_.opcode();
  if (is_control(opcode)) return Violation::none;
  const bool open = message_opcode_ != Opcode::continuation;
  if (open && opens_message(opcode)) return Violation::continuation_expected;
  if (!open && !opens_message(opcode)) return Violation::continuation_unexpected;
  CHECK(gathered_.size() <= message_bytes_max_);
  const std::uint32_t room = message_bytes_max_ - gathered_.size();
  if (parser_.payload_left() > room) return Violation::message_too_big;
  if (!open) message_opcode_ = opcode;
  return Violation::none;
}

MessageEvent MessageAssembler::take_control(std::span<std::byte> piece, bool frame_end) noexcept {
  if (frame_end && control_size_ == 0) return control_event(piece);
  gather(piece);
  control_size_ = static_cast<std::uint8_t>(control_size_ + piece.size());
  CHECK(control_size_ <= base::kControlPayloadBytesMax);
  if (!frame_end) return {};
  const std::span<std::byte> payload = gathered_.bytes().last(control_size_);
  gathered_.truncate(gathered_.size() - control_size_);
  control_size_ = 0;
  return control_event(payload);
}

MessageEvent MessageAssembler::take_data(std::span<std::byte> piece, bool frame_end) noexcept {
  const bool message_end = frame_end && parser_.fin();
  const bool whole = message_end && opens_message(parser_.opcode()) && gathered_.size() == 0;
  const bool text = message_opcode_ == Opcode::text;
  if (whole) {
    if (text && !is_valid_utf8(piece)) return fail(Violation::text_not_utf8);
    return data_event(piece);
  }
  if (text && !utf8_.feed(piece)) return fail(Violation::text_not_utf8);
  gather(piece);
  if (!message_end) return {};
  if (text && !utf8_.complete()) return fail(Violation::text_not_utf8);
  const std::span<std::byte> payload = gathered_.bytes();
  gathered_.truncate(0);
  return data_event(payload);
}

void MessageAssembler::gather(std::span<const std::byte> piece) noexcept {
  // What is known of the end: a last fragment's is exact, all else may go up to the limit.
  const bool last = parser_.fin() && !is_control(parser_.opcode());
  const std::uint64_t expected =
      last ? gathered_.size() + piece.size() + parser_.payload_left()
           : std::uint64_t{message_bytes_max_} + base::kControlPayloadBytesMax;
  gathered_.append(piece, static_cast<std::uint32_t>(expected));
}

MessageEvent MessageAssembler::control_event(std::span<std::byte> payload) noexcept {
  CHECK(is_control(parser_.opcode()));
  settle_phase();
  if (parser_.opcode() == Opcode::close) return close_event(payload);
  const bool ping = parser_.opcode() == Opcode::ping;
  return {.kind = ping ? MessageEvent::Kind::ping : MessageEvent::Kind::pong, .payload = payload};
}

// A close frame is empty, or has a code and perhaps a reason in UTF-8 (RFC 6455 5.5.1).
MessageEvent MessageAssembler::close_event(std::span<std::byte> payload) noexcept {
  MessageEvent event{.kind = MessageEvent::Kind::close};
  if (!payload.empty()) {
    if (payload.size() < 2) return fail(Violation::close_payload_too_short);
    const std::uint16_t code = base::load_big16(payload.data());
    if (!is_valid_on_wire(code)) return fail(Violation::close_code_invalid);
    event.close_code = static_cast<CloseCode>(code);
    event.payload = payload.subspan(2);
    if (!is_valid_utf8(event.payload)) return fail(Violation::close_reason_not_utf8);
  }
  phase_ = Phase::closed;
  return event;
}

MessageEvent MessageAssembler::data_event(std::span<std::byte> payload) noexcept {
  CHECK(payload.size() <= message_bytes_max_);
  const bool text = message_opcode_ == Opcode::text;
  message_opcode_ = Opcode::continuation;
  utf8_.reset();
  settle_phase();
  return {.kind = text ? MessageEvent::Kind::text : MessageEvent::Kind::binary, .payload = payload};
}

MessageEvent MessageAssembler::fail(Violation violation) noexcept {
  CHECK(violation != Violation::none);
  phase_ = Phase::violated;
  violation_ = violation;
  return {.kind = MessageEvent::Kind::violation,
          .violation = violation,
          .close_code = close_code(violation)};
}

// Restores invariant (2) when a call is about to return without a verdict on the connection.
void MessageAssembler::settle_phase() noexcept {
  if (phase_ == Phase::closed) return;
  CHECK(phase_ != Phase::violated);
  const bool open = message_opcode_ != Opcode::continuation;
  phase_ = open || !parser_.between_frames() ? Phase::within_message : Phase::between_messages;
}

}  // namespace protocol
