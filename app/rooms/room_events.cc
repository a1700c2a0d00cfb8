#include "app/rooms/room_events.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "app/clients/client_context.h"
#include "app/clients/session_key.h"
#include "app/native/native_gateway.h"
#include "app/rooms/epoch_text.h"
#include "app/rooms/history_page.h"
#include "app/rooms/room_names.h"
#include "app/rooms/room_rule.h"
#include "base/bytes.h"
#include "engine/room/room_name.h"

namespace app {

namespace {

constexpr std::array<FieldRule, 1> kRoomRules{kRoomRule};
constexpr Schema kRoomSchema(kRoomRules);
constexpr std::array<FieldRule, 1> kCreateRules{
    FieldRule{.name = "room", .other_name = "roomId", .bytes_max = kRoomNameTextMax}};
constexpr Schema kCreateSchema(kCreateRules);
constexpr FieldRule kLimitRule{.name = "limit",
                               .kinds = FieldKinds{FieldKind::number},
                               .least = 1,
                               .most = kPageEntriesMost,
                               .whole = true};
constexpr std::array<FieldRule, 3> kPresenceRules{
    kRoomRule, FieldRule{.name = "cursor", .bytes_max = kPlaceCursorBytesMax}, kLimitRule};
constexpr Schema kPresenceSchema(kPresenceRules);
constexpr std::array<FieldRule, 3> kHistoryRules{
    kRoomRule,
    FieldRule{.name = "after", .kinds = FieldKinds{FieldKind::number}, .least = 0, .whole = true},
    kLimitRule};
constexpr Schema kHistorySchema(kHistoryRules);

std::uint32_t limit_of(const Field* limit) {
  return limit == nullptr ? kPageEntriesDefault : static_cast<std::uint32_t>(limit->number);
}

std::string room_data(std::string_view room) {
  std::string data = R"({"roomId":)";
  append_json_string(data, room);
  return data;
}

std::string member_page_data(std::string_view room, const MemberPage& page) {
  std::string data = room_data(room);
  fmt::format_to(std::back_inserter(data), R"(,"count":{},"members":[)", page.count);
  for (std::size_t i = 0; i < page.members.size(); ++i) {
    const MemberEntry& member = page.members[i];
    data += i == 0 ? R"({"userId":)" : R"(,{"userId":)";
    append_json_string(data, member.user);
    data += R"(,"connectionId":)";
    append_json_string(data, member.connection);
    data += R"(,"userType":)";
    append_json_string(data, member.type);
    data += '}';
  }
  data += R"(],"next":)";
  if (page.next.empty()) {
    data += "null}";
  } else {
    append_json_string(data, page.next);
    data += '}';
  }
  return data;
}

std::string history_page_data(std::string_view room, const HistoryPage& page) {
  std::string data = room_data(room);
  fmt::format_to(std::back_inserter(data), R"(,"epoch":"{}","first":{},"last":{},"messages":[)",
                 page.epoch, page.first, page.last);
  for (std::size_t i = 0; i < page.events.size(); ++i) {
    if (i > 0) data += ',';
    data += page.events[i].event;
  }
  data += "]}";
  return data;
}

// Down to which a session's queue drains before the next resume: what a drained queue is (see
// Rooms), and small enough that a room's history fits beside it by default.
std::uint64_t resume_mark(const Options& options) {
  return std::min(options.rooms.conflate_above_bytes,
                  options.session.send_queue_bytes_max / kResumeMarkPart);
}

}  // namespace

RoomEvents::RoomEvents(NativeContext& context, Presence& presence)
    : context_(context),
      presence_(presence),
      resumes_(context.rooms, context.sessions, resume_mark(context.options())) {}

// ---- Joining ------------------------------------------------------------------------------------

// Rooms for the tenant and for everybody; no word to the client, who hears of them as it connects.
void RoomEvents::enter(Client& client) {
  static_cast<void>(context_.rooms.join(client.session, kEverybody, true));
  if (!context_.options().room_settings.tenant_room) return;
  set_tenant_room(context_.room_name, client.grants->tenant);
  static_cast<void>(context_.rooms.join(client.session, context_.room_name, true));
}

// The room of the event just checked, whose first rule is its, where the client may do that in it;
// else the client has been told.
const Field* RoomEvents::read_room(Client& client, const Event& event, RoomOperation operation) {
  const Field* field = checker_.found()[0];
  const bool admitted =
      is_room_name(field->text) && context_.admits(client, operation, field->text);
  if (admitted) return field;
  context_.fail(client, event, ErrorCode::room_access_denied,
                fmt::format("no right to {} this room",
                            operation == RoomOperation::history    ? "the history of"
                            : operation == RoomOperation::presence ? "see who is in"
                                                                   : name(operation)));
  return nullptr;
}

void RoomEvents::on_create(ClientHandle handle, Client& client, const Event& event) {
  if (const EventFault* fault = checker_.check(event, kCreateSchema); fault != nullptr) {
    context_.fail(client, event, *fault);
    return;
  }
  const Field* field = checker_.found()[0];
  const std::string room = field != nullptr && !field->text.empty()
                               ? std::string(field->text)
                               : fmt::format("room-{:x}", context_.shard.reactor().random());
  const auto may = [&](RoomOperation what) { return context_.admits(client, what, room); };
  // Whoever creates a room is in it, and it may have been there before.
  if (!is_room_name(room) || !may(RoomOperation::create) || !may(RoomOperation::join)) {
    context_.fail(client, event, ErrorCode::permission_denied,
                  "no right to create this room and be in it");
    return;
  }
  if (!may_join(client, event, room)) return;
  join(
      client, room,
      {.client = handle, .request = {.id_raw = std::string(event.request_id_raw), .creates = true}},
      nullptr);
}

void RoomEvents::on_join(ClientHandle handle, Client& client, const Event& event) {
  if (const EventFault* fault = checker_.check(event, kRoomSchema); fault != nullptr) {
    context_.fail(client, event, *fault);
    return;
  }
  const Field* room = read_room(client, event, RoomOperation::join);
  if (room == nullptr || !may_join(client, event, room->text)) return;
  PendingJoin joining{
      .client = handle,
      .request = {.id_raw = std::string(event.request_id_raw), .resumes = resumes(event)}};
  engine::ResumePosition from;
  if (joining.request.resumes && !read_position(client, event, from)) return;
  // What was missed is history: who may not read that comes in, and is given nothing.
  const bool is_given =
      joining.request.resumes && context_.admits(client, RoomOperation::history, room->text);
  join(client, room->text, std::move(joining), is_given ? &from : nullptr);
}

bool RoomEvents::may_join(Client& client, const Event& event, std::string_view room) {
  if (is_reserved(room)) {
    context_.fail(client, event, ErrorCode::room_access_denied,
                  "rooms of users and tenants are joined on connect");
    return false;
  }
  const LimitVerdict verdict = context_.limiter.check_join(
      client.buckets, {.user = client.user_hash, .tenant = client.tenant_hash}, context_.now());
  if (!verdict.allowed) {
    context_.fail_limited(client, event, verdict);
    return false;
  }
  // What waits for a join of this very room has its place there.
  const LimitOptions& limits = context_.options().limits;
  const bool is_full =
      limits.enabled && client.rooms + client.joins_pending >= limits.rooms_per_connection;
  if (is_full && find_join(client, room) == nullptr) {
    context_.fail(client, event, ErrorCode::client_error,
                  "in as many rooms as a connection may be");
    return false;
  }
  return true;
}

bool RoomEvents::resumes(const Event& event) noexcept {
  const auto has = [&](std::string_view name) {
    const Field* field = event.find(name);
    return field != nullptr && field->kind != FieldKind::null;
  };
  return has("epoch") && has("seq");
}

// `epoch` and `seq` of an event that resumes, as chat:room:joined said them, and the messages did.
bool RoomEvents::read_position(Client& client, const Event& event, engine::ResumePosition& from) {
  const Field* epoch = event.find("epoch");
  const Field* number = event.find("seq");
  const auto parsed =
      epoch->kind == FieldKind::string ? parse_epoch(epoch->text) : std::optional<std::uint64_t>{};
  if (parsed && number->kind == FieldKind::number && number->number >= 0 && number->number < 9e15) {
    from = {.epoch = *parsed, .number = static_cast<std::uint64_t>(number->number)};
    return true;
  }
  context_.fail(client, event, ErrorCode::client_error,
                "data.epoch and data.seq must be those that the room's messages had");
  return false;
}

void RoomEvents::join(Client& client, std::string_view room, PendingJoin join,
                      const engine::ResumePosition* from) {
  set_engine_name(context_.room_name, room, client.grants->tenant);
  const std::string engine_name = context_.room_name;
  const engine::RoomHandle known = context_.rooms.find(engine_name);
  if (known && context_.rooms.is_member(client.session, known)) {
    tell_joined_before(client, join.request, *context_.rooms.find(known), from);
    if (join.request.is_given) given_.insert(session_key(client.session, engine_name));
    go_on(join.client, std::string(room), std::move(join.next));
    return;
  }
  // Each request has an answer of its own, so there is one join at a time.
  if (PendingJoin* const before = find_join(client, room); before != nullptr) {
    wait(client, *before,
         {.request = std::move(join.request),
          .from = from == nullptr ? std::nullopt : std::optional(*from)});
    return;
  }
  ++client.joins_pending;
  pending_.emplace(session_key(client.session, engine_name), std::move(join));
  if (from != nullptr) {
    resumes_.recover(client.session, engine_name, *from);
    return;
  }
  const engine::JoinResult result = context_.rooms.join(client.session, engine_name, true);
  switch (result.status) {
    case engine::JoinResult::Status::joined:
      on_joined(client.session, result.room, nullptr);
      break;
    case engine::JoinResult::Status::full:
      on_join_failed(client.session, engine_name);
      break;
    case engine::JoinResult::Status::pending:
      break;
  }
}

// The engine says nothing more of the joins of a session that ended.
void RoomEvents::forget(const Client& client) {
  resumes_.forget(client.session);
  if (client.joins_pending == 0) return;
  erase_session(pending_, client.session);
}

void RoomEvents::on_joined(engine::SessionId session, engine::RoomHandle handle,
                           const engine::Recovery* recovery) {
  const engine::Room& room = *context_.rooms.find(handle);
  const auto found = pending_.find(session_key(session, room.name));
  if (found == pending_.end()) return;  // A room that it did not ask for.
  PendingJoin join = std::move(found->second);
  pending_.erase(found);
  Client* client = context_.clients.find(join.client);
  if (client == nullptr) return;
  --client->joins_pending;
  const std::string name(join.next.empty() ? std::string_view{} : engine::without_tag(room.name));
  if (!may_still_join(*client, join.request, room)) {
    context_.rooms.leave(session, handle);
    context_.counters.evictions.add();
    context_.fail(*client, join.request.id_raw,
                  {.code = ErrorCode::room_access_denied,
                   .message = "the right to join this room was lost meanwhile"});
    go_on(join.client, name, std::move(join.next));
    return;
  }
  ++client->rooms;
  if (join.request.is_given) given_.insert(session_key(session, room.name));
  if (recovery != nullptr && !may_still_read(*client, room)) recovery = nullptr;
  tell_joined(*client, join.request, room, recovery);
  presence_.joined(*client, handle);
  go_on(join.client, name, std::move(join.next));
}

// Joining twice is joining once, and is answered so. The live messages are what it gets: nothing is
// missing where it has seen all that came before them.
void RoomEvents::tell_joined_before(Client& client, const JoinRequest& request,
                                    const engine::Room& room, const engine::ResumePosition* from) {
  const engine::ResumePosition now = context_.rooms.position(room);
  const bool has_all = from != nullptr && from->epoch == now.epoch && from->number == now.number;
  const engine::Recovery recovery{.complete = has_all, .now = now};
  tell_joined(client, request, room, &recovery);
}

void RoomEvents::on_recovered(engine::SessionId session, engine::RoomHandle handle,
                              const engine::Recovery& recovery) {
  const std::string engine_name = context_.rooms.find(handle)->name;
  on_joined(session, handle, &recovery);
  resumes_.answered(session, engine_name);
}

// Half of what is left of its send queue is for what is said meanwhile.
std::span<const engine::RecoveredMessage> RoomEvents::newest_that_fit(
    const Client& client, std::span<const engine::RecoveredMessage> missed) const {
  std::uint64_t left = context_.sessions.room_left(client.session.slot) / 2;
  std::size_t first = missed.size();
  while (first > 0) {
    const std::uint64_t cost = missed[first - 1].bytes.size() + kQueuedMessageCost;
    if (cost > left) break;
    left -= cost;
    --first;
  }
  return missed.subspan(first);
}

void RoomEvents::tell_joined(Client& client, const JoinRequest& request, const engine::Room& room,
                             const engine::Recovery* recovery) {
  const engine::ResumePosition now = context_.rooms.position(room);
  std::span<const engine::RecoveredMessage> missed;
  if (recovery != nullptr) missed = newest_that_fit(client, recovery->messages);
  const bool is_cut = recovery != nullptr && missed.size() < recovery->messages.size();
  if (is_cut) context_.counters.resumes_cut.add();
  std::string data = room_data(engine::without_tag(room.name));
  data += R"(,"epoch":")";
  append_epoch(data, now.epoch);
  fmt::format_to(std::back_inserter(data), R"(","seq":{})", now.number);
  if (request.resumes) {
    fmt::format_to(std::back_inserter(data), R"(,"recovered":{},"missed":{})",
                   recovery != nullptr && recovery->complete && !is_cut, missed.size());
  }
  data += '}';
  const Event event{.request_id_raw = request.id_raw};
  context_.reply(client, event, request.creates ? "chat:room:created" : "chat:room:joined", data);
  for (const engine::RecoveredMessage& message : missed) {
    const auto sent = context_.sessions.send(client.session, message.opcode, message.bytes);
    if (sent != engine::SendResult::queued) return;  // It is being closed, and told so.
  }
}

void RoomEvents::on_join_failed(engine::SessionId session, std::string_view engine_name) {
  const std::string room(engine_name);
  tell_join_failed(session, room);
  resumes_.answered(session, room);
}

void RoomEvents::tell_join_failed(engine::SessionId session, std::string_view engine_name) {
  const auto found = pending_.find(session_key(session, engine_name));
  if (found == pending_.end()) return;
  PendingJoin join = std::move(found->second);
  pending_.erase(found);
  Client* client = context_.clients.find(join.client);
  if (client == nullptr) return;
  --client->joins_pending;
  context_.fail(
      *client, join.request.id_raw,
      {.code = ErrorCode::server_error, .message = "no place for another room; try again later"});
  go_on(join.client, std::string(engine::without_tag(engine_name)), std::move(join.next));
}

// ---- Leaving ------------------------------------------------------------------------------------

void RoomEvents::on_leave(ClientHandle handle, Client& client, const Event& event) {
  if (const EventFault* fault = checker_.check(event, kRoomSchema); fault != nullptr) {
    context_.fail(client, event, *fault);
    return;
  }
  const std::string_view room = checker_.found()[0]->text;
  if (!is_room_name(room) || is_reserved(room)) return fail_outside(client, event.request_id_raw);
  if (PendingJoin* const join = find_join(client, room); join != nullptr) {
    wait(client, *join,
         {.request = {.id_raw = std::string(event.request_id_raw)}, .leaves = kAsked});
    return;
  }
  if (!take_out(handle, room, kAsked, event.request_id_raw)) {
    fail_outside(client, event.request_id_raw);
  }
}

void RoomEvents::fail_outside(Client& client, std::string_view request_id_raw) {
  context_.fail(client, request_id_raw,
                {.code = ErrorCode::client_error, .message = "not in this room"});
}

void RoomEvents::leave(ClientHandle who, engine::RoomHandle handle, std::string_view reason,
                       std::string_view request_id_raw) {
  Client& client = *context_.clients.find(who);
  const engine::Room& room = *context_.rooms.find(handle);
  std::string data = room_data(engine::without_tag(room.name));
  data += R"(,"reason":")";
  data += reason;
  data += R"("})";
  presence_.left(client, handle);
  take_back(client.session, room.name);
  context_.rooms.leave(client.session, handle);
  --client.rooms;
  const Event event{.request_id_raw = request_id_raw};
  context_.reply(client, event, "chat:room:left", data);
}

// A session that ends is out of its rooms before its on_close().
void RoomEvents::on_left(engine::SessionId session, engine::RoomHandle handle) {
  take_back(session, context_.rooms.find(handle)->name);
  Client* client = context_.clients.find(as_client(context_.sessions.context(session)));
  if (client != nullptr) presence_.left(*client, handle);
}

// ---- Lists --------------------------------------------------------------------------------------

// The personal room first, which has no messages with numbers.
void RoomEvents::on_list(ClientHandle /*handle*/, Client& client, const Event& event) {
  std::string data = R"({"rooms":[)";
  data += room_data(personal_room(client.user));
  data += '}';
  context_.rooms.for_rooms_of(client.session, [&](engine::RoomHandle, const engine::Room& room) {
    if (room.name == kEverybody) return;
    const engine::ResumePosition now = context_.rooms.position(room);
    data += ',';
    data += room_data(engine::without_tag(room.name));
    data += R"(,"epoch":")";
    append_epoch(data, now.epoch);
    fmt::format_to(std::back_inserter(data), R"(","seq":{}}})", now.number);
  });
  data += "]}";
  context_.reply(client, event, "chat:room:list", data);
}

void RoomEvents::on_presence(ClientHandle handle, Client& client, const Event& event) {
  if (const EventFault* fault = checker_.check(event, kPresenceSchema); fault != nullptr) {
    context_.fail(client, event, *fault);
    return;
  }
  const Field* room = read_room(client, event, RoomOperation::presence);
  if (room == nullptr) return;
  if (user_of_room(room->text)) {
    context_.fail(client, event, ErrorCode::client_error, "a personal room has no presence");
    return;
  }
  const Field* cursor = checker_.found()[1];
  if (cursor != nullptr && !cursor->text.empty() && !PlaceCursor::parse(cursor->text)) {
    context_.fail(client, event, ErrorCode::client_error,
                  "data.cursor must be the `next` of the page before");
    return;
  }
  set_engine_name(context_.room_name, room->text, client.grants->tenant);
  const bool asked = presence_.list(
      context_.room_name, cursor == nullptr ? std::string_view{} : cursor->text,
      limit_of(checker_.found()[2]),
      [handle, name = std::string(room->text), request_id = std::string(event.request_id_raw)](
          NativeGateway& gateway, const MemberPage& page) {
        NativeContext& context = gateway.context();
        const Client* asker = context.clients.find(handle);
        if (asker == nullptr) return;
        const Event request{.request_id_raw = request_id};
        context.reply(*asker, request, "chat:room:presence", member_page_data(name, page));
      });
  if (!asked) fail_busy(client, event);
}

void RoomEvents::on_history(ClientHandle handle, Client& client, const Event& event) {
  if (const EventFault* fault = checker_.check(event, kHistorySchema); fault != nullptr) {
    context_.fail(client, event, *fault);
    return;
  }
  const Field* room = read_room(client, event, RoomOperation::history);
  if (room == nullptr) return;
  const Field* after = checker_.found()[1];
  const auto from =
      after == nullptr ? 0 : static_cast<std::uint64_t>(std::min(after->number, 9e15));
  set_engine_name(context_.room_name, room->text, client.grants->tenant);
  const ShardPosts& posts = context_.services.posts;
  const std::uint32_t here = context_.shard.number();
  const auto answer = [&posts, here, handle, name = std::string(room->text),
                       request_id = std::string(event.request_id_raw)](HistoryPage page) {
    static_cast<void>(posts.post_owed(here, [=, page = std::move(page)](NativeGateway& gateway) {
      NativeContext& context = gateway.context();
      const Client* asker = context.clients.find(handle);
      if (asker == nullptr) return;
      const Event request{.request_id_raw = request_id};
      context.reply(*asker, request, "chat:room:history", history_page_data(name, page));
    }));
  };
  const bool asked =
      posts.post(context_.rooms.home_of(context_.room_name),
                 [answer, engine_name = context_.room_name, from,
                  limit = limit_of(checker_.found()[2])](NativeGateway& gateway) {
                   answer(read_history(gateway.context().rooms, engine_name, from, limit));
                 });
  if (!asked) fail_busy(client, event);
}

// A shard that has so much to do may do it yet, but takes no more.
void RoomEvents::fail_busy(Client& client, const Event& event) {
  context_.fail(client, event, ErrorCode::server_error, "too much to do; try again later");
}

}  // namespace app
