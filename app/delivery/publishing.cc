#include "app/delivery/publishing.h"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <utility>

#include "app/rooms/room_names.h"
#include "base/bytes.h"
#include "engine/room/name_index.h"
#include "engine/room/number_text.h"

namespace app {

namespace {

constexpr std::string_view kSentEvent = "chat:message:sent";
constexpr std::string_view kRoutedEvent = "message:sent";
constexpr std::string_view kReceivedEvent = "message:received";
// Lets its holder send to everybody of its tenant.
constexpr std::string_view kTenantSend = "tenant:send";

// Whoever reads a message of these kinds takes it for a machine's: not everybody may say so. Empty:
// everybody may.
std::string_view permission_to_send(MessageKind kind) noexcept {
  if (kind == MessageKind::robot) return "message:robot";
  return kind == MessageKind::system ? "message:system" : std::string_view{};
}

constexpr std::array<FieldRule, 3> kMessageRules{
    FieldRule{.name = "event", .required = true, .bytes_least = 1, .bytes_max = kEventNameBytesMax},
    FieldRule{.name = "echo", .kinds = FieldKinds{FieldKind::boolean}},
    FieldRule{.name = "key", .bytes_least = 1, .bytes_max = kConflationKeyBytesMax}};
constexpr Schema kMessageSchema(kMessageRules);

struct RecipientName {
  std::string_view key;
  TargetKind kind;
};
constexpr std::array<RecipientName, 4> kRecipients{{{"user", TargetKind::user},
                                                    {"connection", TargetKind::connection},
                                                    {"room", TargetKind::room},
                                                    {"tenant", TargetKind::tenant}}};

RouteOptions route_of(const Client& client, std::uint64_t ticket, bool echo) {
  return {.except = echo ? engine::kNobody : client.session, .ticket = ticket};
}

}  // namespace

Publishing::Publishing(NativeContext& context, UserRoutes& routes, Receipts& receipts)
    : context_(context),
      routes_(routes),
      receipts_(receipts),
      reader_(static_cast<std::size_t>(context.options().limits.message_bytes)),
      chat_writer_(context.writer, context.options().events.escape_html),
      ids_(context.shard.number()) {}

void Publishing::take_options() {
  reader_.set_content_bytes_max(static_cast<std::size_t>(context_.options().limits.message_bytes));
}

bool Publishing::may_send(Client& client, const Event& event, std::string_view room) {
  const bool reserved = is_reserved(room);
  const bool admitted = is_room_name(room) && context_.admits(client, RoomOperation::send, room) &&
                        (!reserved || client.grants->type == UserType::supervisor ||
                         client.grants->has_permission(kTenantSend));
  if (!admitted) {
    context_.fail(client, event, ErrorCode::room_access_denied, "no right to send to this room");
    return false;
  }
  return !reserved || !is_tenant_room(room) || has_tenant_room(client, event);
}

// Where it is off nobody is in it, and who spoke to it would not know that nobody heard.
bool Publishing::has_tenant_room(Client& client, const Event& event) {
  if (context_.options().room_settings.tenant_room) return true;
  context_.fail(client, event, ErrorCode::client_error,
                "nobody is in a tenant's room here: rooms.tenant_room is off");
  return false;
}

bool Publishing::may_send_kind(Client& client, const Event& event, MessageKind kind) {
  const std::string_view permission = permission_to_send(kind);
  const Grants& grants = *client.grants;
  if (permission.empty() || grants.type == UserType::supervisor ||
      grants.has_permission(permission)) {
    return true;
  }
  context_.fail(client, event, ErrorCode::permission_denied,
                "no right to send messages of this type");
  return false;
}

// ---- Chat ---------------------------------------------------------------------------------------

void Publishing::on_chat(ClientHandle handle, Client& client, const Event& event) {
  if (const EventFault* fault = reader_.read(event, message_); fault != nullptr) {
    context_.fail(client, event, *fault);
    return;
  }
  const ChatMessage& message = message_;
  if (!may_send(client, event, message.room)) return;
  if (!may_send_kind(client, event, message.kind)) return;
  if (message.receipts && user_of_room(message.room)) {
    context_.fail(client, event, ErrorCode::client_error, "a personal room has no receipts");
    return;
  }
  context_.counters.messages[static_cast<std::size_t>(message.kind)].add();
  publish_chat(handle, client, event, message);
}

void Publishing::publish_chat(ClientHandle handle, Client& client, const Event& event,
                              const ChatMessage& message) {
  const base::Handle receipts =
      message.receipts ? receipts_.open(handle, client, message.room) : base::Handle{};
  const std::string_view id = receipts ? receipt_id_ = receipts_.id_of(receipts) : ids_.next();
  const ReceivedText written =
      chat_writer_.write_received(message, {.id = id,
                                            .sender_id = client.user,
                                            .sender_name = client.display_name,
                                            .unix_ms = context_.unix_ms()});
  retry_id_.clear();
  if (!message.client_id.empty()) {
    // The room's name, beside which it is kept, holds the tenant.
    retry_id_.append(client.user).append("\x1f").append(message.client_id);
  }
  const bool answered = (message.ack && !event.request_id_raw.empty()) || receipts;
  const std::uint64_t ticket =
      answered ? owe_ack(handle, event, kSentEvent, id, message.client_id, receipts) : 0;
  const engine::PublishOptions how{.key = message.key.empty() ? 0 : engine::hash_name(message.key),
                                   .ticket = ticket,
                                   .id = retry_id_,
                                   .number_at = static_cast<std::uint32_t>(written.number_at),
                                   .keep = true,
                                   .echo = message.echo};
  const std::span<const std::byte> bytes = std::as_bytes(written.text);
  if (const auto user = user_of_room(message.room)) {
    engine::NumberText().write(std::as_writable_bytes(written.text), how.number_at, 0);
    RouteOptions route = route_of(client, ticket, message.echo);
    route.id = retry_id_;
    routes_.send_to_user(client.grants->tenant, *user, bytes, route);
    return;
  }
  const engine::RoomHandle room = room_of(handle, message.room, client.grants->tenant);
  if (message.delivery == DeliveryStatus::batch_delay && !draining_) {
    set_engine_name(context_.room_name, message.room, client.grants->tenant);
    const bool waits = paced_.add({.room = context_.room_name,
                                   .publisher = client.session,
                                   .text = std::string(base::as_text(bytes)),
                                   .id = retry_id_,
                                   .ticket = ticket,
                                   .key = how.key,
                                   .number_at = how.number_at,
                                   .keep = how.keep,
                                   .echo = how.echo},
                                  context_.now(), context_.options().events.batch_delay);
    if (waits) {
      context_.counters.paced.add();
      return;
    }
    context_.counters.pace_refused.add();
  }
  // A member's shard knows the room's home already.
  if (room && context_.rooms.publish(client.session, room, protocol::Opcode::text, bytes, how)) {
    return;
  }
  set_engine_name(context_.room_name, message.room, client.grants->tenant);
  context_.rooms.publish_to(context_.room_name, client.session, protocol::Opcode::text, bytes, how);
}

// Whoever speaks mostly speaks where it spoke before. That room is looked at first: a handle that
// has become another's, or nobody's, is seen from the room's name.
engine::RoomHandle Publishing::room_of(ClientHandle speaker, std::string_view name,
                                       std::string_view tenant) {
  engine::RoomHandle& last = last_rooms_[speaker.index % last_rooms_.size()];
  const engine::Room* room = context_.rooms.find(last);
  if (room == nullptr || !is_engine_name(room->name, name, tenant)) {
    set_engine_name(context_.room_name, name, tenant);
    last = context_.rooms.find(context_.room_name);
  }
  return last;
}

std::uint64_t Publishing::owe_ack(ClientHandle handle, const Event& event, std::string_view name,
                                  std::string_view id, std::string_view client_id,
                                  base::Handle receipts) {
  OwedAck ack{.client = handle,
              .event = name,
              .request_id_raw = std::string(event.request_id_raw),
              .receipts = receipts};
  ack.head = R"("id":)";
  append_json_string(ack.head, id);
  ack.head += ',';
  ack.id_bytes = ack.head.size();
  if (!client_id.empty()) {
    ack.head += R"("clientMessageId":)";
    append_json_string(ack.head, client_id);
    ack.head += ',';
  }
  if (!owed_.full()) return owed_.owe(std::move(ack));
  context_.counters.acks_refused.add();
  acknowledge(ack, {.known = false});
  return 0;
}

std::uint64_t Publishing::owe(std::function<void(const engine::PublishAnswer&)> tell) {
  if (!owed_.full()) return owed_.owe(std::move(tell));
  context_.counters.acks_refused.add();
  tell({.known = false});
  return 0;
}

void Publishing::settle(std::uint64_t ticket, const engine::PublishAnswer& answer) {
  owed_.settle(ticket, answer, [&](const OwedAck& ack) { acknowledge(ack, answer); });
}

void Publishing::acknowledge(const OwedAck& ack, const engine::PublishAnswer& answer) {
  if (ack.receipts) {
    if (answer.duplicate) {
      receipts_.close(ack.receipts);
    } else {
      receipts_.number_is(ack.receipts, answer.number);
    }
  }
  const Client* client = context_.clients.find(ack.client);
  if (client == nullptr || ack.request_id_raw.empty()) return;
  std::string& data = context_.text;
  // Nobody was told the id that a retry got: the message is the one with that number.
  data.assign("{").append(ack.head, answer.duplicate ? ack.id_bytes : 0);
  if (!answer.known) {
    data += R"("known":false})";
  } else {
    fmt::format_to(std::back_inserter(data),
                   R"("seq":{},"matched":{},"queued":{},"conflated":{},"dropped":{},)"
                   R"("duplicate":{}}})",
                   answer.number, answer.members.matched(), answer.members.queued,
                   answer.members.conflated, answer.members.dropped, answer.duplicate);
  }
  const Event event{.request_id_raw = ack.request_id_raw};
  context_.reply(*client, event, ack.event, data);
}

// ---- To somebody --------------------------------------------------------------------------------

const EventFault* Publishing::read_recipient(const Event& event, Recipient& recipient) {
  std::uint32_t named = 0;
  for (const RecipientName& known : kRecipients) {
    const Field* field = event.find(known.key);
    if (field == nullptr || field->kind == FieldKind::null) continue;
    ++named;
    if (field->kind == FieldKind::string && !field->text.empty()) {
      recipient = {known.kind, field->text};
    }
  }
  fault_ = {.code = ErrorCode::client_error,
            .message = "data must name one of user, connection, room and tenant, as a string"};
  return named == 1 && !recipient.name.empty() ? nullptr : &fault_;
}

bool Publishing::may_send_to(Client& client, const Event& event, const Recipient& recipient) {
  const Grants& grants = *client.grants;
  switch (recipient.kind) {
    case TargetKind::room:
      return may_send(client, event, recipient.name);
    case TargetKind::tenant:
      if (recipient.name == grants.tenant &&
          (grants.type == UserType::supervisor || grants.has_permission(kTenantSend))) {
        return has_tenant_room(client, event);
      }
      break;
    case TargetKind::user:
    case TargetKind::connection:
      if (!grants.is_guest() && recipient.name.size() <= kUserBytesMax) return true;
      break;
    case TargetKind::everybody:
      break;  // The server API's alone.
  }
  context_.fail(client, event, ErrorCode::permission_denied, "no right to send to this recipient");
  return false;
}

void Publishing::on_message(ClientHandle handle, Client& client, const Event& event) {
  Recipient recipient;
  const EventFault* fault = checker_.check(event, kMessageSchema);
  if (fault == nullptr) fault = read_recipient(event, recipient);
  if (fault != nullptr) {
    context_.fail(client, event, *fault);
    return;
  }
  if (!may_send_to(client, event, recipient)) return;
  context_.counters.targeted.add();
  const Field* echo = checker_.found()[1];
  const Field* key = checker_.found()[2];
  const bool to_room = recipient.kind == TargetKind::room;
  const std::string_view id = ids_.next();
  const std::uint32_t number_at = write_message(client, event, id, recipient);
  const std::uint64_t ticket =
      event.request_id_raw.empty() ? 0 : owe_ack(handle, event, kRoutedEvent, id, {}, {});
  deliver_to(recipient, client,
             {.key = to_room && key != nullptr ? engine::hash_name(key->text) : 0,
              .ticket = ticket,
              .number_at = number_at,
              .keep = to_room,
              .echo = echo == nullptr || echo->truth});
}

// An event of a name of its own, so that nobody can say what only the gateway says. Returns where a
// room's number goes.
std::uint32_t Publishing::write_message(const Client& client, const Event& event,
                                        std::string_view id, const Recipient& recipient) {
  std::uint32_t number_at = engine::kNowhere;
  out_.clear();
  context_.writer.append_head(out_, kReceivedEvent);
  out_ += R"({"id":)";
  append_json_string(out_, id);
  out_ += R"(,"from":{"userId":)";
  append_json_string(out_, client.user);
  out_ += R"(,"connectionId":")";
  append_text(out_, context_.id_of(client));
  out_ += R"("},"event":)";
  append_json_string(out_, event.find("event")->text);
  const Field* data = event.find("data");
  out_ += R"(,"data":)";
  out_ += data == nullptr ? std::string_view("null") : data->raw;
  out_ += R"(,"timestamp":)";
  append_json_time(out_, context_.unix_ms());
  if (recipient.kind == TargetKind::room) {
    out_ += R"(,"roomId":)";
    append_json_string(out_, recipient.name);
    out_ += R"(,"seq":)";
    number_at = static_cast<std::uint32_t>(out_.size());
    out_.append(base::kNumberTextBytes, ' ');
  }
  out_ += '}';
  context_.writer.append_tail(out_);
  return number_at;
}

void Publishing::deliver_to(const Recipient& recipient, const Client& client,
                            const engine::PublishOptions& how) {
  const std::string& tenant = client.grants->tenant;
  const std::span<const std::byte> bytes = base::as_bytes(out_);
  const RouteOptions route = route_of(client, how.ticket, how.echo);
  switch (recipient.kind) {
    case TargetKind::user:
      routes_.send_to_user(tenant, recipient.name, bytes, route);
      return;
    case TargetKind::connection: {
      const auto id = parse_connection_id(recipient.name);
      routes_.send_to_connection(id.value_or(ConnectionId{.shard = UINT32_MAX}), tenant, bytes,
                                 route);
      return;
    }
    case TargetKind::room:
      if (const auto user = user_of_room(recipient.name)) {
        engine::NumberText().write(std::as_writable_bytes(std::span(out_)), how.number_at, 0);
        routes_.send_to_user(tenant, *user, bytes, route);
        return;
      }
      set_engine_name(context_.room_name, recipient.name, tenant);
      break;
    case TargetKind::tenant:
    case TargetKind::everybody:
      set_tenant_room(context_.room_name, tenant);
      break;
  }
  context_.rooms.publish_to(context_.room_name, client.session, protocol::Opcode::text, bytes, how);
}

// ---- Binary -------------------------------------------------------------------------------------

// Voice and parts of files: late is worse than lost, so nothing is kept and nobody is told.
void Publishing::on_binary(Client& client, const std::optional<BinaryMessage>& message) {
  const Event event;
  if (!message) {
    context_.fail(client, event, ErrorCode::protocol_error,
                  "the header of a binary message is wrong");
    return;
  }
  if (!may_send(client, event, message->header.room)) return;
  context_.counters.binary_messages.add();
  BinaryHeader header = message->header;
  header.sender_id = client.user;
  out_.clear();
  static_cast<void>(append_gateway_header(out_, header));  // Both names keep their bounds.
  out_ += base::as_text(message->payload);
  if (const auto user = user_of_room(header.room)) {
    RouteOptions route = route_of(client, 0, header.echo);
    route.opcode = protocol::Opcode::binary;
    routes_.send_to_user(client.grants->tenant, *user, base::as_bytes(out_), route);
    return;
  }
  set_engine_name(context_.room_name, header.room, client.grants->tenant);
  context_.rooms.publish_to(context_.room_name, client.session, protocol::Opcode::binary,
                            base::as_bytes(out_), {.echo = header.echo});
}

}  // namespace app
