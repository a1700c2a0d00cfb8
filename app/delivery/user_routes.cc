#include "app/delivery/user_routes.h"

#include <fmt/format.h>

#include <chrono>
#include <string>

#include "app/rooms/room_names.h"
#include "base/check.h"
#include "engine/room/room_messages.h"

namespace app {

namespace {

// When who has one connection too many may try again. Nobody knows when another of the user's ends:
// long enough that a client in a loop costs little, short enough for who has just closed a page.
constexpr std::chrono::seconds kExcessPause{10};

constexpr std::uint8_t kind_of(NativeMessage what) noexcept {
  return static_cast<std::uint8_t>(what);
}

}  // namespace

std::uint16_t UserRoutes::here() const noexcept {
  return static_cast<std::uint16_t>(context_.shard.number());
}

void UserRoutes::send(std::uint32_t shard, NativeMessage what, const Origin& origin,
                      std::uint64_t number, engine::Parcel* parcel) {
  context_.shard.mailbox().send(shard, {.kind = kind_of(what),
                                        .sender = origin.shard,
                                        .target = origin.answer,
                                        .source = engine::as_handle(origin.except),
                                        .number = number,
                                        .parcel = parcel});
}

void UserRoutes::tell_home(NativeMessage what, std::uint64_t user_hash) {
  const std::uint32_t home = UserHomes::home_of(user_hash, context_.shard.shards());
  if (home != context_.shard.number()) {
    send(home, what, {here(), engine::kNobody, {}}, user_hash, nullptr);
  } else if (what == NativeMessage::user_arrived) {
    arrived_at_home(user_hash, home);
  } else {
    context_.user_homes.left(user_hash, home);
  }
}

// The home alone knows how many there are; the shard of the last to come ends it.
void UserRoutes::arrived_at_home(std::uint64_t user_hash, std::uint32_t shard) {
  const std::uint32_t connections = context_.user_homes.arrived(user_hash, shard);
  const LimitOptions& limits = context_.options().limits;
  if (!limits.enabled || connections <= limits.connections_per_user) return;
  if (shard == context_.shard.number()) {
    end_newest(user_hash);
  } else {
    send(shard, NativeMessage::user_excess, {here(), engine::kNobody, {}}, user_hash, nullptr);
  }
}

void UserRoutes::end_newest(std::uint64_t user_hash) {
  Client* client = context_.clients.find(context_.clients.newest_of(user_hash));
  if (client == nullptr) return;
  context_.counters.user_excess.add();
  const std::string details =
      fmt::format(R"({{"limit":"connections_per_user","retryAfter":{}}})", kExcessPause.count());
  context_.end(*client, {.code = ErrorCode::rate_limited,
                         .message = "as many connections as a user may have",
                         .recoverable = true,
                         .details_raw = details});
}

// ---- At the sender ------------------------------------------------------------------------------

void UserRoutes::send_to_user(std::string_view tenant, std::string_view user,
                              std::span<const std::byte> message, const RouteOptions& options) {
  const Origin origin{
      here(), options.except,
      options.ticket == 0 ? base::Handle{} : answers_.expect(options.except, options.ticket)};
  const Addressed addressed{tenant, user, options.id, message, options.opcode};
  const std::uint32_t home = UserHomes::home_of(hash_user(tenant, user), context_.shard.shards());
  if (home == context_.shard.number()) {
    route(origin, addressed, nullptr);
  } else {
    send(home, NativeMessage::user_send, origin, 0,
         addressed.make_parcel(context_.shard.parcels()));
  }
}

void UserRoutes::send_to_connection(const ConnectionId& to, std::string_view tenant,
                                    std::span<const std::byte> message,
                                    const RouteOptions& options) {
  const Origin origin{
      here(), options.except,
      options.ticket == 0 ? base::Handle{} : answers_.expect(options.except, options.ticket)};
  const bool exists = to.shard < context_.shard.shards();
  parts_are(origin, exists ? 1 : 0);
  if (!exists) return;
  const Addressed addressed{tenant, {}, {}, message, options.opcode};
  if (to.shard == context_.shard.number()) {
    deliver_one(origin, addressed, to.session);
    return;
  }
  const std::uint64_t packed = std::uint64_t{to.session.generation} << 32U | to.session.slot;
  send(to.shard, NativeMessage::connection_send, origin, packed,
       addressed.make_parcel(context_.shard.parcels()));
}

// ---- At the user's home -------------------------------------------------------------------------

// As Rooms knows one, with the personal room as the room.
bool UserRoutes::is_retry(const Addressed& addressed) {
  if (addressed.id.empty()) return false;
  set_personal_room(context_.room_name, addressed.user, addressed.tenant);
  return recent_ids_.find(context_.room_name, addressed.id, context_.now()) != 0;
}

// Messages of a personal room have no numbers: any will do.
void UserRoutes::remember(const Addressed& addressed) {
  if (addressed.id.empty()) return;
  set_personal_room(context_.room_name, addressed.user, addressed.tenant);
  recent_ids_.add(context_.room_name, addressed.id, 1, context_.now());
}

// `parcel`: what the message came in, if it came from another shard.
void UserRoutes::route(const Origin& origin, const Addressed& addressed, engine::Parcel* parcel) {
  if (is_retry(addressed)) {
    parts_are(origin, 0, true);
    return;
  }
  const std::uint64_t hash = hash_user(addressed.tenant, addressed.user);
  engine::Parcel* made = nullptr;
  bool here_too = false;
  const std::uint32_t parts = context_.user_homes.for_shards(hash, [&](std::uint32_t shard) {
    if (shard == context_.shard.number()) {
      here_too = true;
      return;
    }
    if (parcel == nullptr) parcel = made = addressed.make_parcel(context_.shard.parcels());
    parcel->retain(1);
    send(shard, NativeMessage::user_deliver, origin, 0, parcel);
  });
  // What nobody was there for may come again.
  if (parts > 0) remember(addressed);
  parts_are(origin, parts);
  if (here_too) deliver(origin, addressed);
  if (made != nullptr) made->release();
}

// ---- At a shard that has connections of the user ------------------------------------------------

void UserRoutes::deliver(const Origin& origin, const Addressed& addressed) {
  std::uint32_t count = 0;
  context_.clients.for_user(addressed.tenant, addressed.user, [&](ClientHandle, Client& client) {
    if (origin.shard == here() && client.session == origin.except) return;
    const auto sent = context_.sessions.send(client.session, addressed.opcode, addressed.message);
    if (sent == engine::SendResult::queued) ++count;
  });
  reached(origin, count);
}

void UserRoutes::deliver_one(const Origin& origin, const Addressed& addressed,
                             engine::SessionId to) {
  bool sent = false;
  if (const Client* client = context_.client_of(to); client != nullptr &&
                                                     client->state == ClientState::present &&
                                                     client->grants->tenant == addressed.tenant) {
    sent = context_.sessions.send(to, addressed.opcode, addressed.message) ==
           engine::SendResult::queued;
  }
  reached(origin, sent ? 1 : 0);
}

// ---- Answers ------------------------------------------------------------------------------------

void UserRoutes::parts_are(const Origin& origin, std::uint32_t parts, bool duplicate) {
  if (!origin.answer) return;
  if (origin.shard == here()) {
    answers_.number_is(origin.answer, 0, parts, duplicate);
  } else {
    send(origin.shard, duplicate ? NativeMessage::was_here : NativeMessage::parts_are,
         {here(), engine::kNobody, origin.answer}, parts, nullptr);
  }
}

void UserRoutes::reached(const Origin& origin, std::uint32_t connections) {
  if (!origin.answer) return;
  if (origin.shard == here()) {
    answers_.add_part(origin.answer, {.queued = connections}, false);
  } else {
    send(origin.shard, NativeMessage::reached, {here(), engine::kNobody, origin.answer},
         connections, nullptr);
  }
}

void UserRoutes::on_shard_message(const engine::ShardMessage& message) {
  const Origin origin{message.sender, engine::as_session(message.source), message.target};
  const auto count = static_cast<std::uint32_t>(message.number);
  switch (static_cast<NativeMessage>(message.kind)) {
    case NativeMessage::user_arrived:
      arrived_at_home(message.number, message.sender);
      break;
    case NativeMessage::user_excess:
      end_newest(message.number);
      break;
    case NativeMessage::user_left:
      context_.user_homes.left(message.number, message.sender);
      break;
    case NativeMessage::user_send:
      route(origin, Addressed::read(message.parcel->bytes()), message.parcel);
      break;
    case NativeMessage::user_deliver:
      deliver(origin, Addressed::read(message.parcel->bytes()));
      break;
    case NativeMessage::connection_send:
      deliver_one(origin, Addressed::read(message.parcel->bytes()),
                  {.slot = count, .generation = static_cast<std::uint32_t>(message.number >> 32U)});
      break;
    case NativeMessage::parts_are:
      answers_.number_is(message.target, 0, count);
      break;
    case NativeMessage::was_here:
      answers_.number_is(message.target, 0, 0, true);
      break;
    case NativeMessage::reached:
      answers_.add_part(message.target, {.queued = count}, true);
      break;
    case NativeMessage::member_joined:
    case NativeMessage::member_left:
    case NativeMessage::receipt:
      break;  // Presence::on_shard_message() and Receipts::on_shard_message() take these.
  }
}

}  // namespace app
