// How much each may do: [limits].
#include "app/config/gateway_limits.h"
#include "app/config/rate_text.h"
#include "app/config/schema.h"
#include "app/limits/limit_options.h"
#include "base/byte_text.h"

namespace app {

namespace {

Setting rate(std::string key, const Rate& standard, std::string help,
             RateUnit unit = RateUnit::times) {
  return {.path = "limits." + std::move(key),
          .kind = unit == RateUnit::bytes ? SettingKind::byte_rate : SettingKind::rate,
          .help = std::move(help),
          .standard = format_rate(standard, unit),
          .is_reloadable = true};
}

Setting count(std::string key, std::uint64_t standard, std::uint64_t least, std::uint64_t most,
              std::string help) {
  return {.path = "limits." + std::move(key),
          .kind = SettingKind::count,
          .help = std::move(help),
          .standard = std::to_string(standard),
          .least = least,
          .most = most,
          .is_reloadable = true};
}

}  // namespace

void add_limit_settings(std::vector<Setting>& settings) {
  const LimitOptions standard;
  settings.push_back({.path = "limits.enabled",
                      .kind = SettingKind::on_off,
                      .help = "false switches off all rates of this table",
                      .standard = "true",
                      .is_reloadable = true});
  settings.push_back(
      rate("guest_messages", standard.guest_messages, "messages of one guest's connection"));
  settings.push_back(rate("connection_messages", standard.connection_messages,
                          "messages of one connection of anybody else"));
  settings.push_back(rate("connection_bytes", standard.connection_bytes,
                          "bytes of one connection's messages", RateUnit::bytes));
  settings.push_back(
      rate("connection_joins", standard.connection_joins, "rooms joined by one connection"));
  settings.push_back(
      rate("user_messages", standard.user_messages, "messages of one user, over all connections"));
  settings.push_back(
      rate("user_bytes", standard.user_bytes, "bytes of one user's messages", RateUnit::bytes));
  settings.push_back(rate("user_joins", standard.user_joins, "rooms joined by one user"));
  settings.push_back(rate("tenant_messages", standard.tenant_messages, "messages of one tenant"));
  settings.push_back(rate("tenant_bytes", standard.tenant_bytes, "bytes of one tenant's messages",
                          RateUnit::bytes));
  settings.push_back(rate("tenant_joins", standard.tenant_joins, "rooms joined by one tenant"));
  settings.push_back(
      rate("tenant_connections", standard.tenant_connections, "new connections of one tenant"));
  settings.push_back(
      rate("address_messages", standard.address_messages, "messages from one address"));
  settings.push_back(rate("address_connections", standard.address_connections,
                          "new connections from one address"));
  settings.push_back(rate("address_handshakes", standard.address_handshakes,
                          "handshakes from one address, before their tokens are checked"));
  settings.push_back(rate("total_messages", standard.total_messages,
                          "messages of all tenants together; past it each has its share"));
  settings.push_back({.path = "limits.tenant_weights",
                      .kind = SettingKind::weights,
                      .help = "shares of total_messages by tenant; others have 1",
                      .is_list = true,
                      .is_reloadable = true});
  settings.push_back(count("rooms_per_connection", standard.rooms_per_connection, 1,
                           kRoomsPerConnectionMost, "that one connection may be in"));
  settings.push_back(count("connections_per_user", standard.connections_per_user, 1,
                           kConnectionsPerUserMost, "that one user may have open"));
  settings.push_back({.path = "limits.message_bytes",
                      .kind = SettingKind::bytes,
                      .help = "of one event or binary message; at most server.max_message counts",
                      .standard = base::format_byte_count(standard.message_bytes),
                      .least = kEventBytesLeast,
                      .most = kEventBytesMost,
                      .is_reloadable = true});
  settings.push_back(count("errors_per_minute", standard.errors_per_minute, 0, kErrorsPerMinuteMost,
                           "error events of a connection before it is closed with 1008; 0: no "
                           "limit"));
}

}  // namespace app
