// Frame encoder: writes whole frames, the payload included, into memory that the caller provides.
//
// encode_frame() is a server's, encode_masked_frame() a client's (RFC 6455 5.1); each writes
// exactly frame_size() bytes and returns that. The caller owns and sizes `out`; an `out` that is
// too small is our own mistake and fails a CHECK. Pure functions, for any thread; nothing is
// allocated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "base/bytes.h"
#include "base/check.h"
#include "base/limits.h"
#include "protocol/close_code.h"
#include "protocol/frame_header.h"
#include "protocol/mask.h"
#include "protocol/opcode.h"

namespace protocol {

// How many bytes a frame takes, header and payload.
constexpr std::size_t frame_size(std::uint64_t payload_size, bool masked) noexcept {
  return frame_header_size(payload_size, masked) + static_cast<std::size_t>(payload_size);
}

// Writes a complete message or control frame as a server sends it.
inline std::size_t encode_frame(std::span<std::byte> out, Opcode opcode,
                                std::span<const std::byte> payload) noexcept {
  CHECK(out.size() >= frame_size(payload.size(), false));
  std::size_t header_size = 2;
  if (payload.size() <= 125) [[likely]] {
    out[0] = std::byte{0x80} | static_cast<std::byte>(opcode);
    out[1] = static_cast<std::byte>(payload.size());
  } else {
    const FrameHeader header{.fin = true, .opcode = opcode, .payload_size = payload.size()};
    header_size = encode_frame_header(out, header);
  }
  if (!payload.empty()) std::memcpy(out.data() + header_size, payload.data(), payload.size());
  return header_size + payload.size();
}

// Writes a complete message or control frame as a client sends it. Each frame's key must be one
// that the application cannot foresee (RFC 6455 5.3).
inline std::size_t encode_masked_frame(std::span<std::byte> out, Opcode opcode,
                                       std::span<const std::byte> payload,
                                       MaskingKey key) noexcept {
  CHECK(out.size() >= frame_size(payload.size(), true));
  const FrameHeader header{.fin = true,
                           .opcode = opcode,
                           .masked = true,
                           .payload_size = payload.size(),
                           .masking_key = key};
  const std::size_t header_size = encode_frame_header(out, header);
  if (!payload.empty()) std::memcpy(out.data() + header_size, payload.data(), payload.size());
  apply_mask(out.subspan(header_size, payload.size()), key, 0);
  return header_size + payload.size();
}

namespace detail {

// The payload of a close frame: two octets of code, then the reason (RFC 6455 5.5.1).
inline std::size_t encode_close_payload(std::span<std::byte> out, CloseCode code,
                                        std::string_view reason) noexcept {
  if (code == CloseCode::no_status) {
    CHECK(reason.empty());
    return 0;
  }
  CHECK(is_valid_on_wire(code));
  CHECK(reason.size() <= base::kCloseReasonBytesMax);
  CHECK(out.size() >= sizeof(std::uint16_t) + reason.size());
  base::store_big16(out.data(), static_cast<std::uint16_t>(code));
  if (!reason.empty()) std::memcpy(out.data() + 2, reason.data(), reason.size());
  return sizeof(std::uint16_t) + reason.size();
}

}  // namespace detail

// Writes a server's close frame. no_status makes it empty; other codes must be valid on the wire.
inline std::size_t encode_close(std::span<std::byte> out, CloseCode code,
                                std::string_view reason) noexcept {
  std::byte payload[base::kControlPayloadBytesMax];
  const std::size_t size = detail::encode_close_payload(payload, code, reason);
  return encode_frame(out, Opcode::close, std::span<const std::byte>(payload, size));
}

// Writes a client's close frame.
inline std::size_t encode_masked_close(std::span<std::byte> out, CloseCode code,
                                       std::string_view reason, MaskingKey key) noexcept {
  std::byte payload[base::kControlPayloadBytesMax];
  const std::size_t size = detail::encode_close_payload(payload, code, reason);
  return encode_masked_frame(out, Opcode::close, std::span<const std::byte>(payload, size), key);
}

}  // namespace protocol
