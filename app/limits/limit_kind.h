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
  tenant_messages,
  total_messages,  // Of all tenants together, of which this one had its share.
  tenant_connections,
  address_connections,
};

inline constexpr std::uint8_t kLimitKindCount = 10;

// As in the [limits] table: "guest_messages" and so on.
std::string_view name(LimitKind kind) noexcept;

}  // namespace app
