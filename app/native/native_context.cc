#include "app/native/native_context.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "app/clients/client_context.h"
#include "app/rooms/room_names.h"
#include "base/bytes.h"

namespace app {

NativeContext::NativeContext(engine::WebSocketShard& program, SharedServices& its_services,
                             std::shared_ptr<const Policy> its_policy)
    : shard(program.shard()),
      sessions(program.sessions()),
      rooms(program.rooms()),
      services(its_services),
      policy(std::move(its_policy)),
      limiter(policy->options->limits, services.limit_tables),
      writer(policy->options->events.keys),
      log(services.log_sampling, shard.number()) {}

Client* NativeContext::client_of(engine::SessionId session) noexcept {
  // A client may say any slot.
  if (session.slot >= shard.connections().capacity()) return nullptr;
  if (!sessions.is_alive(session)) return nullptr;
  const std::uint64_t context = sessions.context(session);
  return is_native(context) ? clients.find(as_client(context)) : nullptr;
}

AccessQuestion NativeContext::question(const Client& client, RoomOperation operation,
                                       std::string_view room) const noexcept {
  return {.user = client.user, .grants = client.grants.get(), .operation = operation, .room = room};
}

AccessVerdict NativeContext::judge(const Client& client, RoomOperation operation,
                                   std::string_view room) const {
  const AccessQuestion asked = question(client, operation, room);
  const AccessVerdict verdict = options().access.judge(asked);
  if (verdict != AccessVerdict::ask) [[likely]]
    return verdict;
  if (policy->authority == nullptr) return AccessVerdict::no;
  if (const auto said = decision ? decision->about(client, operation, room) : std::nullopt) {
    switch (*said) {
      case AccessAnswer::allowed:
        return AccessVerdict::yes;
      case AccessAnswer::denied:
        return AccessVerdict::no;
      case AccessAnswer::unavailable:
        return AccessVerdict::ask;
    }
  }
  const auto known = policy->authority->recall(asked);
  if (!known) return AccessVerdict::ask;
  return *known ? AccessVerdict::yes : AccessVerdict::no;
}

bool NativeContext::must_ask(const Client& client, RoomOperation operation, std::string_view room) {
  if (options().access.judge(question(client, operation, room)) != AccessVerdict::ask) return false;
  const AccessVerdict verdict = judge(client, operation, room);
  if (verdict == AccessVerdict::ask) return true;
  if (!decision) decision = AccessDecision{.session = client.session, .room = std::string(room)};
  decision->of(operation) =
      verdict == AccessVerdict::yes ? AccessAnswer::allowed : AccessAnswer::denied;
  return false;
}

bool NativeContext::is_in_room(const Client& client, std::string_view room) {
  if (const auto user = user_of_room(room)) return client.user == *user;
  set_engine_name(room_name, room, client.grants->tenant);
  const engine::RoomHandle handle = rooms.find(room_name);
  return handle && rooms.is_member(client.session, handle);
}

void NativeContext::send(const Client& client, std::string_view message) {
  static_cast<void>(sessions.send(client.session, protocol::Opcode::text, base::as_bytes(message)));
}

void NativeContext::reply(const Client& client, const Event& event, std::string_view name,
                          std::string_view data) {
  answer_.clear();
  writer.append_event(answer_, name, event.request_id_raw, data);
  send(client, answer_);
}

void NativeContext::tell(const Client& client, std::string_view name, std::string_view data) {
  answer_.clear();
  writer.append_event(answer_, name, {}, data);
  send(client, answer_);
}

void NativeContext::fail(Client& client, std::string_view request_id_raw, const ErrorReply& error) {
  counters.errors[static_cast<std::size_t>(error.code)].add();
  log.failed(client, error.code, error.message, request_id_raw, now());
  answer_.clear();
  writer.append_error(answer_, error, request_id_raw, unix_ms());
  send(client, answer_);
  // Whoever is too fast is told so each time: that alone is no abuse.
  if (error.code == ErrorCode::rate_limited || client.state != ClientState::present) return;
  if (limiter.check_error(client.buckets, now()).allowed) return;
  counters.abusers_closed.add();
  client.state = ClientState::leaving;
  sessions.close(client.session, protocol::CloseCode::policy_violation, "too many errors");
}

void NativeContext::fail(Client& client, const Event& event, ErrorCode code,
                         std::string_view message) {
  fail(client, event.request_id_raw, {.code = code, .message = message});
}

void NativeContext::fail(Client& client, const Event& event, const EventFault& fault) {
  fail(client, event.request_id_raw,
       {.code = fault.code, .message = fault.message, .recoverable = fault.recoverable});
}

void NativeContext::fail_limited(Client& client, const Event& event, const LimitVerdict& verdict) {
  const std::string details = fmt::format(R"({{"limit":"{}","retryAfter":{:.3f}}})",
                                          name(verdict.limit), base::to_seconds(verdict.wait));
  fail(client, event.request_id_raw,
       {.code = ErrorCode::rate_limited,
        .message = "Rate limit exceeded",
        .recoverable = true,
        .details_raw = details});
}

void NativeContext::end(Client& client, ErrorCode code, std::string_view message) {
  end(client, {.code = code, .message = message, .recoverable = false});
}

void NativeContext::end(Client& client, const ErrorReply& error) {
  if (client.state == ClientState::leaving) return;
  client.state = ClientState::leaving;
  fail(client, std::string_view{}, error);
  sessions.close(client.session, protocol::CloseCode::policy_violation, error.message);
}

}  // namespace app
