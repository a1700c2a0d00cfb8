// LimitKind: which limit refused something; the label of millrace_rate_limited_total{limit}.
//
// Pure constants, for any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace app {

enum class LimitKind : std::uint8_t {
  guest_messages,
  connection_messages,
  connection_bytes,
  connection_joins,
  connection_errors,  // Error events that it earned; it is then closed with 1008.
  user_messages,
  user_bytes,
  user_joins,
  tenant_messages,
  tenant_bytes,
  tenant_joins,
  tenant_connections,
  address_messages,
  address_connections,
  address_handshakes,
  total_messages,  // Of all tenants together, of which this one had its share.
};

inline constexpr std::uint8_t kLimitKindCount = 16;

// As in the [limits] table: "guest_messages" and so on.
std::string_view name(LimitKind kind) noexcept;

}  // namespace app
