// Control: what the server API may ask of the running gateway.
//
// The HTTP side (app/admin/admin_server.h) knows only this; who implements it asks the shards and
// waits for them. Threads: the admin server's, never a shard's: every call may block, for at most
// kControlTimeout, after which it returns what it has with `complete` false. Names of rooms, users
// and tenants are the clients' own, without any prefix, and have passed the rules of field_rules.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/delivery/target.h"
#include "app/rooms/history_page.h"
#include "app/rooms/member_page.h"
#include "base/result.h"

namespace app {

struct ServerPublication {
  Target target{};
  std::string event{};
  std::string data{"null"};         // Valid JSON.
  std::string except_connection{};  // Is left out; empty: nobody.
  std::string message_id{};         // Makes a retry harmless; empty: none. Rooms only.
  std::string key{};                // Of which value of the room it is the newest. Rooms only.
  bool keep = true;                 // In the room's history.
};

struct PublishOutcome {
  bool complete = true;
  bool duplicate = false;    // Of a message with the same id, whose number this is.
  std::uint64_t number = 0;  // In its room; 0 elsewhere, or when the room had nobody.
  std::uint64_t matched = 0, queued = 0, conflated = 0, dropped = 0;
};

struct RoomEntry {
  std::string tenant{}, name{};
  std::uint64_t members = 0, number = 0;
};
struct RoomPage {
  bool complete = true;
  std::vector<RoomEntry> rooms{};
  std::string next{};
};

struct ConnectionEntry {
  std::string id{}, tenant{}, user{}, type{}, address{}, state{};
  std::uint32_t shard = 0;
  std::int64_t connected_at = 0;  // Milliseconds since 1970.
  std::int64_t expires_at = 0;    // Seconds since 1970; 0: never.
  std::uint64_t messages_in = 0, bytes_in = 0;
  std::uint64_t messages_out = 0, bytes_out = 0;
  std::uint64_t pending_bytes = 0;
  double rtt_ms = -1;  // Below 0: not measured yet.
  std::vector<std::string> rooms{};
};
struct ConnectionPage {
  bool complete = true;
  std::vector<ConnectionEntry> connections{};
  std::string next{};
};
enum class ConnectionOrder : std::uint8_t { by_id, slowest_first };
struct ConnectionFilter {
  std::string tenant{}, user{}, room{};  // Empty: any. A room needs its tenant.
  ConnectionOrder order = ConnectionOrder::by_id;
  std::string cursor{};
  std::uint32_t limit = 100;
};

struct Disconnection {
  Target target{};
  std::uint16_t code = 1008;
  std::string reason{};
  std::int64_t reconnect_after_ms = -1;  // Below 0: do not come back.
};

struct Revocation {
  std::string token_id{};        // One token, or
  std::string tenant{}, user{};  // all of a user that were issued before now.
  std::int64_t until = 0;        // Seconds since 1970; forgotten afterwards. 0: a day from now.
};

struct RoleChange {
  std::string tenant{}, user{};
  std::vector<std::string> roles{}, permissions{};
};

// How many connections a call has changed; where that is not complete, the rest follows.
struct ChangedConnections {
  bool complete = true;
  std::uint64_t connections = 0;
};

// What the HTTP side refuses by itself.
enum class AdminRefusal : std::uint8_t {
  no_valid_key,        // The call showed no key where one is needed, or a wrong one.
  address_closed_out,  // Its address had shown too many.
  all_threads_busy,    // A connection, before anything was read of it.
};
inline constexpr std::size_t kAdminRefusalCount = 3;

class Control {
 public:
  virtual ~Control() = default;

  // Whether everybody of a tenant is in its room; else nobody is.
  virtual bool has_tenant_rooms() const = 0;
  virtual base::Result<PublishOutcome> publish(const ServerPublication& publication) = 0;
  virtual base::Result<ChangedConnections> subscribe(const std::string& tenant,
                                                     const std::string& user,
                                                     const std::string& room) = 0;
  virtual base::Result<ChangedConnections> unsubscribe(const std::string& tenant,
                                                       const std::string& user,
                                                       const std::string& room) = 0;
  virtual base::Result<ChangedConnections> disconnect(const Disconnection& disconnection) = 0;
  virtual base::Result<ChangedConnections> revoke(const Revocation& revocation) = 0;
  virtual base::Result<ChangedConnections> change_roles(const RoleChange& change) = 0;
  virtual MemberPage presence(const std::string& tenant, const std::string& room,
                              const std::string& cursor, std::uint32_t limit) = 0;
  virtual HistoryPage history(const std::string& tenant, const std::string& room,
                              std::uint64_t after, std::uint32_t limit) = 0;
  // Rooms whose name begins with `prefix`; an empty tenant is every tenant.
  virtual RoomPage rooms(const std::string& tenant, const std::string& prefix,
                         const std::string& cursor, std::uint32_t limit) = 0;
  virtual ConnectionPage connections(const ConnectionFilter& filter) = 0;
  virtual std::optional<ConnectionEntry> connection(const std::string& id) = 0;

  virtual void note_refusal(AdminRefusal refusal) noexcept = 0;

  // ---- Pages ------------------------------------------------------------------------------------

  virtual std::string metrics_text() = 0;  // Prometheus.
  virtual std::string health_json() = 0;
  virtual bool ready() = 0;  // Neither starting nor draining.
  virtual std::string status_json() = 0;
  virtual std::string live_json() = 0;  // What the live page draws, once a second.
};

}  // namespace app
