// Opcode: what a WebSocket frame is for (RFC 6455 5.2), and the predicates over all its values.
//
// The predicates over wire values are total: they answer for each of the sixteen values that four
// bits can take, so that a decoder may ask before it knows. Pure constants, for any thread.
#pragma once

#include <cstdint>

namespace protocol {

enum class Opcode : std::uint8_t {
  continuation = 0x0,
  text = 0x1,
  binary = 0x2,
  close = 0x8,
  ping = 0x9,
  pong = 0xA,
};

// 0x3 to 0x7 and 0xB to 0xF are reserved for extensions that we do not speak (RFC 6455 5.2).
constexpr bool is_known_opcode(std::uint8_t value) noexcept {
  return value <= 0x2 || (value >= 0x8 && value <= 0xA);
}

// Control frames have the opcode's highest bit set, reserved ones included (RFC 6455 5.5).
constexpr bool is_control_opcode(std::uint8_t value) noexcept { return value >= 0x8; }

constexpr bool is_control(Opcode opcode) noexcept {
  return is_control_opcode(static_cast<std::uint8_t>(opcode));
}

// True for the opcodes that open a message: a continuation only carries one on (RFC 6455 5.4).
constexpr bool opens_message(Opcode opcode) noexcept {
  return opcode == Opcode::text || opcode == Opcode::binary;
}

}  // namespace protocol
