#include "app/limits/limit_kind.h"

#include "base/check.h"

namespace app {

std::string_view name(LimitKind kind) noexcept {
  switch (kind) {
    case LimitKind::guest_messages:
      return "guest_messages";
    case LimitKind::connection_messages:
      return "connection_messages";
    case LimitKind::connection_bytes:
      return "connection_bytes";
    case LimitKind::connection_joins:
      return "connection_joins";
    case LimitKind::connection_errors:
      return "connection_errors";
    case LimitKind::user_messages:
      return "user_messages";
    case LimitKind::user_bytes:
      return "user_bytes";
    case LimitKind::user_joins:
      return "user_joins";
    case LimitKind::tenant_messages:
      return "tenant_messages";
    case LimitKind::tenant_bytes:
      return "tenant_bytes";
    case LimitKind::tenant_joins:
      return "tenant_joins";
    case LimitKind::tenant_connections:
      return "tenant_connections";
    case LimitKind::address_messages:
      return "address_messages";
    case LimitKind::address_connections:
      return "address_connections";
    case LimitKind::address_handshakes:
      return "address_handshakes";
    case LimitKind::total_messages:
      return "total_messages";
  }
  CHECK(false);
}

}  // namespace app
