#include "engine/session/session_counters.h"

namespace engine {

std::string_view name(CloseReason reason) noexcept {
  switch (reason) {
    case CloseReason::none:
      return "none";
    case CloseReason::peer_closed:
      return "peer_closed";
    case CloseReason::peer_left:
      return "peer_left";
    case CloseReason::connection_failed:
      return "connection_failed";
    case CloseReason::violation:
      return "violation";
    case CloseReason::refused:
      return "refused";
    case CloseReason::served:
      return "served";
    case CloseReason::limit_reached:
      return "limit_reached";
    case CloseReason::too_many_handshakes:
      return "too_many_handshakes";
    case CloseReason::memory_full:
      return "memory_full";
    case CloseReason::handshake_timeout:
      return "handshake_timeout";
    case CloseReason::heartbeat_timeout:
      return "heartbeat_timeout";
    case CloseReason::idle_timeout:
      return "idle_timeout";
    case CloseReason::send_queue_full:
      return "send_queue_full";
    case CloseReason::draining:
      return "draining";
    case CloseReason::application:
      return "application";
    case CloseReason::relocated:
      return "relocated";
  }
  return "none";
}

}  // namespace engine
