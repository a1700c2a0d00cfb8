#include "app/native/native_gateway.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "app/auth/failed_attempts.h"
#include "app/clients/client_context.h"
#include "app/events/binary_header.h"
#include "app/rooms/room_names.h"
#include "app/rooms/room_rule.h"
#include "base/bytes.h"
#include "base/check.h"
#include "millrace_version.h"

namespace app {

namespace {

constexpr std::array<FieldRule, 1> kRefreshRules{
    FieldRule{.name = "token", .required = true, .bytes_least = 1, .bytes_max = kTokenBytesMax}};
constexpr Schema kRefreshSchema(kRefreshRules);

}  // namespace

NativeGateway::NativeGateway(engine::WebSocketShard& program, SharedServices& services,
                             std::shared_ptr<const Policy> policy)
    : context_(program, services, std::move(policy)),
      routes_(context_),
      typing_(context_),
      presence_(context_, typing_),
      room_events_(context_, presence_),
      receipts_(context_, routes_),
      publishing_(context_, routes_, receipts_),
      admissions_(context_, room_events_),
      access_gate_(context_, [this](ClientHandle handle, Client& client,
                                    const HeldEvent& held) { on_resumed(handle, client, held); }),
      reader_(context_.options().events.keys),
      tasks_(base::kPostedTasksDefault),
      sweeps_(context_.clients) {}

bool NativeGateway::serves(std::string_view path) const noexcept {
  return std::ranges::find(context_.options().events.paths, path) !=
         context_.options().events.paths.end();
}

// Rights are looked at again, some clients a turn, where they may have changed.
void NativeGateway::set_policy(std::shared_ptr<const Policy> policy) {
  const bool admits_the_same = policy->admits_like(*context_.policy);
  context_.policy = std::move(policy);
  context_.limiter.set_options(context_.options().limits);
  publishing_.take_options();
  if (!admits_the_same) recheck_rights();
}

void NativeGateway::recheck_rights() {
  recheck_again_ = rechecking_;
  if (std::exchange(rechecking_, true)) return;
  sweeps_.begin({.visit = [this](ClientHandle handle,
                                 Client&) { return 1 + room_events_.rules_changed(handle); },
                 .done =
                     [this] {
                       rechecking_ = false;
                       if (recheck_again_) recheck_rights();
                     }});
}

// ---- Coming and going ---------------------------------------------------------------------------

void NativeGateway::on_open(engine::SessionId id) {
  Client* client = context_.client_of(id);
  CHECK(client != nullptr);
  context_.log.opened(*client, context_.now());
  tell_connected(*client);
  room_events_.enter(*client);
  routes_.arrived(client->user_hash);
}

void NativeGateway::tell_connected(const Client& client) {
  const Options& options = context_.options();
  const Grants& grants = *client.grants;
  std::string& data = context_.text;
  data = R"({"connectionId":")";
  append_text(data, context_.id_of(client));
  data += R"(","userId":)";
  append_json_string(data, client.user);
  data += R"(,"tenantId":)";
  append_json_string(data, grants.tenant);
  data += R"(,"userType":)";
  append_json_string(data, name(grants.type));
  data += R"(,"rooms":[)";
  std::string room = "user:";
  append_json_string(data, room += client.user);
  if (options.room_settings.tenant_room) {
    data += ',';
    room = "tenant:";
    append_json_string(data, room += grants.tenant);
  }
  data += R"(],"serverTime":)";
  append_json_time(data, context_.unix_ms());
  const LimitOptions& limits = options.limits;
  const Rate& rate = grants.is_guest() ? limits.guest_messages : limits.connection_messages;
  fmt::format_to(std::back_inserter(data),
                 R"(,"expiresAt":{},"server":"millrace {}","protocol":"{}","limits":{{)"
                 R"("messageBytes":{},"roomsPerConnection":{},"messagesPerMinute":{:.0f}}}}})",
                 client.expires_at, millrace::kVersion, kEventVersion, limits.message_bytes,
                 limits.enabled ? limits.rooms_per_connection : 0,
                 limits.enabled ? rate.per_second * 60 : 0);
  context_.tell(client, "connected", data);
}

void NativeGateway::on_close(engine::SessionId id, const engine::CloseInfo& info) {
  const ClientHandle handle = as_client(context_.sessions.context(id));
  Client* client = context_.clients.find(handle);
  if (client == nullptr) return;
  const std::uint64_t user_hash = client->user_hash;
  if (client->state != ClientState::asking) {
    const std::int64_t lasted =
        std::max<std::int64_t>(context_.unix_ms() - client->connected_at_ms, 0);
    context_.counters.connected_ms.record(static_cast<std::uint64_t>(lasted));
    if (info.opened) context_.log.closed(*client, info, lasted, context_.now());
  }
  room_events_.forget(*client);
  access_gate_.forget(*client);
  typing_.gone(*client);
  context_.clients.remove(handle);
  if (info.opened) routes_.left(user_hash);
  context_.counters.clients.set(context_.clients.size());
}

void NativeGateway::on_pong(engine::SessionId id, base::Duration round_trip) {
  Client* client = context_.client_of(id);
  if (client == nullptr) return;
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(round_trip).count();
  client->round_trip_us = static_cast<std::uint32_t>(std::clamp<std::int64_t>(us, 1, UINT32_MAX));
}

// Each is told another moment to come back, so that they do not all come at once.
void NativeGateway::on_draining(engine::SessionId id) {
  const Client* client = context_.client_of(id);
  if (client == nullptr) return;
  const Options& options = context_.options();
  const auto least =
      std::chrono::duration_cast<std::chrono::milliseconds>(options.reconnect_after_min);
  const auto most =
      std::chrono::duration_cast<std::chrono::milliseconds>(options.reconnect_after_max);
  const auto span =
      static_cast<std::uint64_t>(std::max<std::int64_t>((most - least).count(), 0)) + 1;
  const auto after =
      static_cast<std::uint64_t>(least.count()) + context_.shard.reactor().random() % span;
  context_.tell(*client, "server:draining", fmt::format(R"({{"reconnectAfter":{}}})", after));
}

// ---- Messages -----------------------------------------------------------------------------------

void NativeGateway::on_message(engine::SessionId id, protocol::Opcode opcode,
                               std::span<std::byte> payload) {
  const ClientHandle handle = as_client(context_.sessions.context(id));
  Client* client = context_.clients.find(handle);
  if (client == nullptr || client->state != ClientState::present) return;
  context_.rooms.note_message();
  ++client->messages_in;
  client->bytes_in += payload.size();
  if (payload.size() > context_.options().limits.message_bytes) {
    context_.fail(*client, Event{}, ErrorCode::protocol_error, "the message is too long");
    return;
  }
  if (opcode == protocol::Opcode::text) {
    on_text(handle, *client, payload);
    return;
  }
  if (may_say(*client, Event{}, payload.size())) on_binary(handle, *client, payload);
}

void NativeGateway::on_binary(ClientHandle handle, Client& client,
                              std::span<const std::byte> payload) {
  const auto parsed = parse_client_binary(payload);
  const AccessGate::Wish wish{.operations = {RoomOperation::send},
                              .room = parsed ? parsed->header.room : std::string_view{}};
  if (access_gate_.in_use() &&
      access_gate_.holds(handle, client, Event{}, wish, protocol::Opcode::binary, payload)) {
    return;
  }
  publishing_.on_binary(client, parsed);
  if (!access_gate_.is_resuming()) context_.decision.reset();
}

// It was counted, limited and read before; only the right was wanting.
void NativeGateway::on_resumed(ClientHandle handle, Client& client, const HeldEvent& held) {
  const std::span<const std::byte> payload = base::as_bytes(held.payload);
  if (held.opcode == protocol::Opcode::binary) {
    on_binary(handle, client, payload);
    return;
  }
  Event event;
  if (const EventFault* fault = reader_.read(payload, event); fault != nullptr) {
    context_.fail(client, event, *fault);  // A reload has made a mistake of it meanwhile.
    return;
  }
  on_event(handle, client, event, payload);
}

// False when the client has been told that it is too fast.
bool NativeGateway::may_say(Client& client, const Event& event, std::size_t bytes) {
  Limiter& limiter = context_.limiter;
  LimitOwners owners{.user = client.user_hash, .tenant = client.tenant_hash};
  if (limiter.limits_address_messages()) owners.address = address_key(client.address);
  const LimitVerdict verdict = limiter.check_message(client.buckets, client.grants->is_guest(),
                                                     owners, bytes, context_.now());
  if (!verdict.allowed) context_.fail_limited(client, event, verdict);
  return verdict.allowed;
}

void NativeGateway::on_text(ClientHandle handle, Client& client,
                            std::span<const std::byte> payload) {
  Event event;
  const EventFault* fault = reader_.read(payload, event);
  // Also what cannot be read costs its sender a message.
  if (!may_say(client, event, payload.size())) return;
  if (fault != nullptr) {
    context_.fail(client, event, *fault);
  } else if (!event.version.empty() && !event.version.starts_with("1.") && event.version != "1") {
    context_.fail(client, event, ErrorCode::protocol_error,
                  "this version of events is not spoken here; 1.0 is");
  } else {
    on_event(handle, client, event, payload);
  }
}

void NativeGateway::on_ping(ClientHandle /*handle*/, Client& client, const Event& event) {
  std::string data = R"({"serverTime":)";
  append_json_time(data, context_.unix_ms());
  data += '}';
  context_.reply(client, event, "pong", data);
}

void NativeGateway::on_refresh(ClientHandle handle, Client& client, const Event& event) {
  if (const EventFault* fault = checker_.check(event, kRefreshSchema); fault != nullptr) {
    context_.fail(client, event, *fault);
    return;
  }
  admissions_.refresh(handle, std::string(checker_.found()[0]->text),
                      std::string(event.request_id_raw));
}

struct NativeGateway::Known {
  std::string_view name;
  void (*handle)(NativeGateway&, ClientHandle, Client&, const Event&);
  AccessGate::Operations needs{};  // The rights that it takes in the room that it names.
};

namespace {

// Who handles an event: one of the gateway's parts, or the gateway itself.
template <auto part, auto handle>
void by(NativeGateway& gateway, ClientHandle at, Client& client, const Event& event) {
  ((gateway.*part).*handle)(at, client, event);
}
template <auto handle>
void by_itself(NativeGateway& gateway, ClientHandle at, Client& client, const Event& event) {
  (gateway.*handle)(at, client, event);
}

// The room that an event is about; empty if it names none.
std::string_view room_of(const Event& event) noexcept {
  const Field* field = event.find(kRoomRule.name);
  if (field == nullptr || field->kind == FieldKind::null) field = event.find(kRoomRule.other_name);
  return field == nullptr ? std::string_view{} : field->text;
}

AccessGate::Wish wish_of(const Event& event, const AccessGate::Operations& needs) noexcept {
  AccessGate::Wish wish{.operations = needs, .room = room_of(event)};
  if (needs[0] == RoomOperation::join && RoomEvents::resumes(event)) {
    wish.operations[1] = RoomOperation::history;
  }
  return wish;
}

}  // namespace

void NativeGateway::on_event(ClientHandle handle, Client& client, const Event& event,
                             std::span<const std::byte> payload) {
  using Self = NativeGateway;
  // The most frequent ones first.
  static constexpr std::array kKnown{
      Known{
          "chat:message:send", by<&Self::publishing_, &Publishing::on_chat>, {RoomOperation::send}},
      Known{"chat:message:receipt", by<&Self::receipts_, &Receipts::on_receipt>},
      Known{"chat:typing:start", by<&Self::typing_, &Typing::on_start>, {RoomOperation::send}},
      Known{"chat:typing:stop", by<&Self::typing_, &Typing::on_stop>, {RoomOperation::send}},
      Known{"message:send", by<&Self::publishing_, &Publishing::on_message>, {RoomOperation::send}},
      Known{"ping", by_itself<&Self::on_ping>},
      Known{"chat:room:join", by<&Self::room_events_, &RoomEvents::on_join>, {RoomOperation::join}},
      Known{"chat:room:leave", by<&Self::room_events_, &RoomEvents::on_leave>},
      Known{"chat:room:create",
            by<&Self::room_events_, &RoomEvents::on_create>,
            {RoomOperation::create, RoomOperation::join}},
      Known{"chat:room:list", by<&Self::room_events_, &RoomEvents::on_list>},
      Known{"chat:room:presence",
            by<&Self::room_events_, &RoomEvents::on_presence>,
            {RoomOperation::presence}},
      Known{"chat:room:history",
            by<&Self::room_events_, &RoomEvents::on_history>,
            {RoomOperation::history}},
      Known{"auth:refresh", by_itself<&Self::on_refresh>},
  };
  for (const Known& known : kKnown) {
    if (known.name != event.name) continue;
    if (access_gate_.in_use()) [[unlikely]] {
      const AccessGate::Wish wish = wish_of(event, known.needs);
      if (access_gate_.holds(handle, client, event, wish, protocol::Opcode::text, payload)) return;
    }
    if (&known != kKnown.data()) context_.counters.control_events.add();
    known.handle(*this, handle, client, event);
    if (!access_gate_.is_resuming()) context_.decision.reset();
    return;
  }
  context_.counters.unknown_events.add();
  context_.fail(client, event, ErrorCode::client_error, "no such event");
}

// ---- The shard's turn ---------------------------------------------------------------------------

void NativeGateway::on_shard_message(const engine::ShardMessage& message) {
  const auto what = static_cast<NativeMessage>(message.kind);
  if (what == NativeMessage::receipt) {
    receipts_.on_shard_message(message);
  } else if (what == NativeMessage::member_joined || what == NativeMessage::member_left) {
    presence_.on_shard_message(message);
  } else {
    routes_.on_shard_message(message);
  }
  if (message.parcel != nullptr) message.parcel->release();
}

void NativeGateway::expire(base::Instant now) {
  context_.clients.expire(context_.unix_ms() / 1000, kExpiriesPerTurn,
                          [&](ClientHandle, Client& client) {
                            context_.counters.expired.add();
                            context_.end(client, ErrorCode::auth_failed, "the token has expired");
                          });
  publishing_.flush_paced(now);
  receipts_.expire(now);
  typing_.expire(now);
}

base::Instant NativeGateway::next_deadline() const noexcept {
  const std::int64_t expiry = context_.clients.next_expiry();
  const base::Instant ends =
      expiry == INT64_MAX
          ? base::kForever
          : std::max(context_.services.clock.instant_of(std::min(expiry, INT64_MAX / 1000) * 1000),
                     context_.now());
  return std::min(
      {ends, publishing_.next_deadline(), receipts_.next_deadline(), typing_.next_deadline()});
}

engine::StepResult NativeGateway::run_tasks() {
  if (auto fresh = context_.services.policies.take(policy_seen_)) set_policy(std::move(fresh));
  bool more = tasks_.run(*this, base::kPostedTasksPerTurn);
  more |= sweeps_.run();
  routes_.give_answers([this](std::uint64_t ticket, const engine::PublishAnswer& answer) {
    publishing_.settle(ticket, answer);
  });
  return more ? engine::StepResult::more : engine::StepResult::done;
}

}  // namespace app
