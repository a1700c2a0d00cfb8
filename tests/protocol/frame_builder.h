// Frame builder: writes frames octet by octet, the right ones and all of the wrong ones.
//
// Independent of protocol/frame_encoder.h on purpose: the tests of the decoder must be able to say
// what no encoder of ours would, and the tests of the encoder need something to be compared with.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/for_each_split.h"

namespace tests {

// Non-zero octets, all different: a mistake in where the key begins shows.
inline constexpr std::array<std::uint8_t, 4> kKey = {0x37, 0xFA, 0x21, 0x3D};

struct FrameShape {
  bool fin = true;
  std::uint8_t reserved_bits = 0;
  std::uint8_t opcode = 0x1;
  bool masked = true;
  // How the length is written: 0 is the shortest form, 2 and 8 force so many extra octets.
  std::uint8_t length_octets = 0;
};

inline void append_text(Bytes& out, std::string_view text) {
  for (const char c : text) out.push_back(static_cast<std::byte>(c));
}

inline Bytes bytes_of(std::string_view text) {
  Bytes bytes;
  append_text(bytes, text);
  return bytes;
}

inline Bytes bytes_of(std::initializer_list<int> octets) {
  Bytes bytes;
  for (const int octet : octets) bytes.push_back(static_cast<std::byte>(octet));
  return bytes;
}

inline std::string text_of(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte byte : bytes) text += static_cast<char>(byte);
  return text;
}

// Only the header, announcing `size`.
inline Bytes header(FrameShape shape, std::uint64_t size) {
  Bytes out;
  const auto put = [&out](std::uint64_t octet) { out.push_back(static_cast<std::byte>(octet)); };
  put((shape.fin ? 0x80u : 0u) | std::uint32_t{shape.reserved_bits} << 4 | shape.opcode);
  const std::uint64_t mask_bit = shape.masked ? 0x80 : 0;
  std::uint8_t octets = shape.length_octets;
  if (octets == 0) octets = size <= 125 ? 0 : size <= 0xFFFF ? 2 : 8;
  put(mask_bit | (octets == 0 ? size : octets == 2 ? 126 : 127));
  for (int at = octets - 1; at >= 0; --at) put(size >> (8 * at) & 0xFF);
  if (shape.masked) {
    for (const std::uint8_t octet : kKey) put(octet);
  }
  return out;
}

inline Bytes frame(FrameShape shape, std::string_view payload) {
  Bytes out = header(shape, payload.size());
  for (std::size_t i = 0; i < payload.size(); ++i) {
    const auto octet = static_cast<std::uint8_t>(payload[i]);
    out.push_back(static_cast<std::byte>(shape.masked ? octet ^ kKey[i % kKey.size()] : octet));
  }
  return out;
}

inline Bytes joined(const std::vector<Bytes>& frames) {
  Bytes out;
  for (const Bytes& one : frames) out.insert(out.end(), one.begin(), one.end());
  return out;
}

}  // namespace tests
