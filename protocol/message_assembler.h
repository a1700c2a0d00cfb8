// MessageAssembler: turns the bytes of a connection into messages and control events.
//
// A frame that is a whole message inside the input is unmasked and returned in place: no copy, no
// allocation, a few dozen instructions. What the end of the input cuts, and what the peer fragments
// (RFC 6455 5.4), is gathered in a buffer of the assembler's own. The announced length of a frame
// is checked against the limit at once but never trusted for memory.
//
// Threads:    one: the connection's shard.
// Limits:     a message of message_bytes_max; the buffer grows by doubling, at most to twice what
// has
//             been received and never above message_bytes_max plus one control frame.
// When full:  a larger message is Violation::message_too_big as soon as its header says so.
// Idle:       when idle() holds, nothing is partial: drop the assembler, or reset() it, which frees
//             its buffer, and use it for any connection of the same role.
//
// Invariants:
//   (1) The buffer holds the current message's earlier bytes [0, message_size_), then those of a
//       control frame that the input cut [message_size_, message_size_ + control_size_).
//   (2) After a violation each call returns that violation; after a close each call discards all.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/limits.h"
#include "protocol/close_code.h"
#include "protocol/frame_parser.h"
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
};

class MessageAssembler {
 public:
  MessageAssembler(Role role, std::uint64_t message_bytes_max) noexcept;
  MessageAssembler(MessageAssembler&& other) noexcept;
  MessageAssembler& operator=(MessageAssembler&& other) noexcept;
  MessageAssembler(const MessageAssembler&) = delete;
  MessageAssembler& operator=(const MessageAssembler&) = delete;
  ~MessageAssembler() = default;

  // Consumes from the front of the input, up to the next event; need_more means that the input is
  // used up. The payload is valid until the next call, or until the input's memory is reused.
  MessageEvent next(std::span<std::byte>& input) noexcept;

  // Forgets everything, frees the buffer; the role and the limit stay.
  void reset() noexcept;

  // Nothing partial, and neither violated nor closed: the object may be dropped or reused.
  bool idle() const noexcept {
    return (phase_ == Phase::between_messages || phase_ == Phase::delivered) &&
           parser_.between_frames();
  }

  // What the assembler holds on the heap.
  std::size_t buffer_bytes() const noexcept { return capacity_; }

 private:
  enum class Phase : std::uint8_t {
    between_messages,  // Nothing is held: the next frame may be returned in place.
    delivered,         // The same, but the caller may still be looking at the buffer.
    partial,           // Within a frame, or between the fragments of a message.
    closed,
    violated,
  };

  struct Free {
    void operator()(std::byte* memory) const noexcept;
  };

  bool next_in_place(std::span<std::byte>& input, MessageEvent& event) noexcept;
  MessageEvent next_general(std::span<std::byte>& input) noexcept;
  MessageEvent next_gathered(std::span<std::byte>& input) noexcept;

  std::unique_ptr<std::byte[], Free> buffer_;
  std::uint32_t capacity_ = 0;
  std::uint32_t message_size_ = 0;
  std::uint32_t message_bytes_max_;
  std::uint8_t control_size_ = 0;
  Phase phase_ = Phase::between_messages;
  Violation violation_ = Violation::none;
  Opcode message_opcode_ = Opcode::continuation;  // continuation: no message is open.
  Utf8Validator utf8_;
  FrameParser parser_;
};

static_assert(sizeof(MessageAssembler) <= 64, "an assembler is one cache line");

}  // namespace protocol
