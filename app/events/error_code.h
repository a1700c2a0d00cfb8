// ErrorCode: the codes of error events, as clients know them (docs/PROTOCOL.md).
//
// Pure constants, for any thread. The names are the labels of millrace_event_errors_total{code}.
#pragma once

#include <cstdint>
#include <string_view>

namespace app {

enum class ErrorCode : std::uint8_t {
  auth_failed,         // The token is bad, or is not good any more.
  permission_denied,   // Not with these roles and permissions.
  room_access_denied,  // Not this room.
  rate_limited,        // Later: details.retryAfter says when.
  connection_lost,     // For client libraries; the gateway never sends it.
  protocol_error,      // Not JSON, not an envelope, too deep, too long.
  server_error,        // We, or a service that we asked, failed.
  client_error,        // The event or its data is not what it should be.
};

inline constexpr std::uint8_t kErrorCodeCount = 8;

// "AUTH_FAILED" and so on.
std::string_view name(ErrorCode code) noexcept;

}  // namespace app
