// CloseCode: why a WebSocket was closed, as the close frame says it (RFC 6455 7.4).
//
// The enumerators are the codes registered with IANA. Applications may add codes of their own from
// 3000 to 4999, so a code off the wire is any of 65,536 values and is asked is_valid_on_wire()
// first; no_status and abnormal are told to the local side only and never travel. Pure constants.
#pragma once

#include <cstdint>

namespace protocol {

enum class CloseCode : std::uint16_t {
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  unsupported_data = 1003,
  no_status = 1005,  // The close frame carried no code.
  abnormal = 1006,   // There was no close frame.
  invalid_payload = 1007,
  policy_violation = 1008,
  message_too_big = 1009,
  mandatory_extension = 1010,
  internal_error = 1011,
  service_restart = 1012,
  try_again_later = 1013,
  bad_gateway = 1014,
};

// Whether a close frame may carry the code. 1015 (TLS handshake failed) is local, like 1005 and
// 1006; 1004 and 1016 to 2999 are reserved; 3000 to 4999 belong to libraries and applications
// (RFC 6455 7.4.1, 7.4.2).
constexpr bool is_valid_on_wire(std::uint16_t code) noexcept {
  const bool registered = (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
  const bool private_use = code >= 3000 && code <= 4999;
  return registered || private_use;
}

constexpr bool is_valid_on_wire(CloseCode code) noexcept {
  return is_valid_on_wire(static_cast<std::uint16_t>(code));
}

}  // namespace protocol
