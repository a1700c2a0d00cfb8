#include "app/events/error_code.h"

namespace app {

std::string_view name(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::auth_failed:
      return "AUTH_FAILED";
    case ErrorCode::permission_denied:
      return "PERMISSION_DENIED";
    case ErrorCode::room_access_denied:
      return "ROOM_ACCESS_DENIED";
    case ErrorCode::rate_limited:
      return "RATE_LIMITED";
    case ErrorCode::connection_lost:
      return "CONNECTION_LOST";
    case ErrorCode::protocol_error:
      return "PROTOCOL_ERROR";
    case ErrorCode::server_error:
      return "SERVER_ERROR";
    case ErrorCode::client_error:
      return "CLIENT_ERROR";
  }
  return "SERVER_ERROR";
}

}  // namespace app
