// LimitOptions: how much each may do; the [limits] table of the configuration.
//
// Plain values, filled and checked by app/config; a reload replaces them whole. A rate of 0 is no
// limit. Bursts are what may come at once after a rest.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace app {

struct Rate {
  double per_second = 0;  // 0: no limit.
  double burst = 0;
};

struct LimitOptions {
  bool enabled = true;  // The one switch.
  // Messages of one connection: of guests, and of everybody else.
  Rate guest_messages{.per_second = 100.0 / 60, .burst = 100};
  Rate connection_messages{.per_second = 100, .burst = 200};
  Rate connection_bytes{.per_second = 1 << 20, .burst = 4 << 20};
  Rate connection_joins{.per_second = 10, .burst = 50};
  Rate user_messages{.per_second = 200, .burst = 400};
  Rate user_bytes{};
  Rate user_joins{};
  Rate tenant_messages{};
  Rate tenant_bytes{};
  Rate tenant_joins{};
  Rate tenant_connections{};  // New ones.
  Rate address_messages{};
  Rate address_connections{.per_second = 100, .burst = 1000};
  // Also those that are refused afterwards.
  Rate address_handshakes{.per_second = 100, .burst = 1000};
  // All messages of all tenants together. Past it each tenant has its share by weight.
  Rate total_messages{};
  std::vector<std::pair<std::string, double>> tenant_weights{};  // Others have 1.
  std::uint32_t rooms_per_connection = 100;
  std::uint32_t connections_per_user = 100;
  std::uint64_t message_bytes = 64 << 10;  // Of one event or binary message.
  // Error events that a connection may earn within a minute before it is closed with 1008.
  std::uint32_t errors_per_minute = 60;
};

}  // namespace app
