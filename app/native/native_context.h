// NativeContext: what the parts of a shard's native gateway share, and how they answer clients.
//
// The parts (admissions, rooms, publishing ...) are objects of their own that know this and not
// each other, but for what their constructors name. Threads: the shard's own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "app/clients/clients.h"
#include "app/clients/connection_id.h"
#include "app/clients/grants_pool.h"
#include "app/clients/user_homes.h"
#include "app/events/event_reader.h"
#include "app/events/event_writer.h"
#include "app/limits/limiter.h"
#include "app/native/connection_log.h"
#include "app/native/native_counters.h"
#include "app/native/policy.h"
#include "app/shared_services.h"
#include "engine/room/rooms.h"
#include "engine/room/websocket_shard.h"
#include "engine/session/sessions.h"
#include "engine/shard/shard.h"
#include "protocol/close_code.h"

namespace app {

// What the access service has said of the event that is being handled. An event may take two
// rights, and what was said of the first must hold until the second is known: else a service whose
// answers are not remembered would be asked for ever.
struct AccessDecision {
  engine::SessionId session{};
  std::string room{};
  // By operation; nothing of those that were not asked about.
  std::array<std::optional<AccessAnswer>, kRoomOperationCount> answers{};

  std::optional<AccessAnswer>& of(RoomOperation operation) noexcept {
    return answers[static_cast<std::size_t>(operation)];
  }
  std::optional<AccessAnswer> about(const Client& client, RoomOperation operation,
                                    std::string_view in) const noexcept {
    if (client.session != session || in != room) return std::nullopt;
    return answers[static_cast<std::size_t>(operation)];
  }
};

class NativeContext {
 public:
  NativeContext(engine::WebSocketShard& program, SharedServices& services,
                std::shared_ptr<const Policy> its_policy);

  // ---- Answers ----------------------------------------------------------------------------------

  // A full queue has consequences already: see engine::Sessions::send().
  void send(const Client& client, std::string_view text);
  // `data`: JSON.
  void reply(const Client& client, const Event& event, std::string_view name,
             std::string_view data);
  void tell(const Client& client, std::string_view name, std::string_view data);
  // Counts it, and closes a client that has earned too many.
  void fail(Client& client, std::string_view request_id_raw, const ErrorReply& error);
  void fail(Client& client, const Event& event, ErrorCode code, std::string_view message);
  void fail(Client& client, const Event& event, const EventFault& fault);
  void fail_limited(Client& client, const Event& event, const LimitVerdict& verdict);
  // Says why in an error event, then closes with 1008.
  void end(Client& client, ErrorCode code, std::string_view message);
  void end(Client& client, const ErrorReply& error);

  // ---- Who and when -----------------------------------------------------------------------------

  base::Instant now() const noexcept { return shard.reactor().now(); }
  std::int64_t unix_ms() const noexcept { return services.clock.unix_ms(now()); }
  ConnectionId id_of(const Client& client) const noexcept {
    return {shard.number(), client.session};
  }
  // What the rules say, and where they leave it to the access service, what that has said.
  AccessVerdict judge(const Client& client, RoomOperation operation, std::string_view room) const;
  bool admits(const Client& client, RoomOperation operation, std::string_view room) const {
    return judge(client, operation, room) == AccessVerdict::yes;
  }
  // The same, and what the service said is kept for the event that is being handled.
  bool must_ask(const Client& client, RoomOperation operation, std::string_view room);
  AccessQuestion question(const Client& client, RoomOperation operation,
                          std::string_view room) const noexcept;
  // `room`: of the client's own tenant.
  bool is_in_room(const Client& client, std::string_view room);
  const Options& options() const noexcept { return *policy->options; }
  // The client of a session, or nullptr when that is gone or of another kind.
  Client* client_of(engine::SessionId session) noexcept;

  engine::Shard& shard;
  engine::Sessions& sessions;
  engine::Rooms& rooms;
  SharedServices& services;
  std::shared_ptr<const Policy> policy;
  Clients clients{};
  UserHomes user_homes{};
  GrantsPool grants{};
  Limiter limiter;
  EventWriter writer;
  NativeCounters counters{};
  ConnectionLog log;
  std::optional<AccessDecision> decision{};
  // What is being written, and the name of a room that is being looked for; each for one use.
  std::string text{};
  std::string room_name{};

 private:
  std::string answer_{};
};

}  // namespace app
