// How much each may do: [limits].
#include "app/config/schema.h"
#include "app/config/setting_makers.h"
#include "app/gateway_limits.h"
#include "app/limits/limit_options.h"

namespace app {

void add_limit_settings(std::vector<Setting>& settings) {
  const LimitOptions standard;
  SettingMaker make(settings, SettingMaker::TakesEffect::at_reload);
  make.on_off("limits.enabled", standard.enabled,
              "false switches off all limits of this table but message_bytes");
  make.rate("limits.guest_messages", standard.guest_messages, "messages of one guest's connection");
  make.rate("limits.connection_messages", standard.connection_messages,
            "messages of one connection of anybody else");
  make.byte_rate("limits.connection_bytes", standard.connection_bytes,
                 "bytes of one connection's messages");
  make.rate("limits.connection_joins", standard.connection_joins, "rooms joined by one connection");
  make.rate("limits.user_messages", standard.user_messages,
            "messages of one user, over all connections");
  make.byte_rate("limits.user_bytes", standard.user_bytes, "bytes of one user's messages");
  make.rate("limits.user_joins", standard.user_joins, "rooms joined by one user");
  make.rate("limits.tenant_messages", standard.tenant_messages, "messages of one tenant");
  make.byte_rate("limits.tenant_bytes", standard.tenant_bytes, "bytes of one tenant's messages");
  make.rate("limits.tenant_joins", standard.tenant_joins, "rooms joined by one tenant");
  make.rate("limits.tenant_connections", standard.tenant_connections,
            "new connections of one tenant");
  make.rate("limits.address_messages", standard.address_messages, "messages from one address");
  make.rate("limits.address_connections", standard.address_connections,
            "new connections from one address");
  make.rate("limits.address_handshakes", standard.address_handshakes,
            "handshakes from one address, before their tokens are checked");
  make.rate("limits.total_messages", standard.total_messages,
            "messages of all tenants together; past it each has its share");
  make.weights("limits.tenant_weights", "shares of total_messages by tenant; others have 1");
  make.count("limits.rooms_per_connection", standard.rooms_per_connection,
             {1, kRoomsPerConnectionMost}, "that one connection may be in");
  make.count("limits.connections_per_user", standard.connections_per_user,
             {1, kConnectionsPerUserMost}, "that one user may have open");
  make.bytes("limits.message_bytes", standard.message_bytes, {kEventBytesLeast, kEventBytesMost},
             "of one event or binary message; at most server.max_message counts, and what "
             "server.send_queue holds");
  make.count("limits.errors_per_minute", standard.errors_per_minute, {0, kErrorsPerMinuteMost},
             "error events of a connection before it is closed with 1008; 0: no "
             "limit");
}

}  // namespace app
