#include "app/admin/server_publishing.h"

#include <optional>
#include <string>
#include <utility>

#include "app/admin/shard_questions.h"
#include "app/clients/connection_id.h"
#include "app/native/native_gateway.h"
#include "app/rooms/room_names.h"
#include "base/bytes.h"
#include "base/check.h"
#include "engine/room/home_directory.h"
#include "engine/room/name_index.h"

namespace app {

namespace {

using Tell = Telling<PublishOutcome>;

// Where ids of the server's messages are apart from those of clients, whose begin with a user.
constexpr std::string_view kServerIds = "\x1f";

PublishOutcome outcome_of(const engine::PublishAnswer& answer) {
  return {.complete = answer.known,
          .duplicate = answer.duplicate,
          .number = answer.number,
          .matched = answer.members.matched(),
          .queued = answer.members.queued,
          .conflated = answer.members.conflated,
          .dropped = answer.members.dropped};
}

// The event as clients get it; `number_at` is where a room's number goes, if it gets one.
std::string write_event(NativeContext& context, const ServerPublication& publication,
                        std::uint32_t* number_at) {
  std::string text;
  context.writer.append_head(text, publication.event);
  text += publication.data;
  if (number_at != nullptr) {
    text += R"(,"roomId":)";
    append_json_string(text, publication.target.name);
    text += R"(,"seq":)";
    *number_at = static_cast<std::uint32_t>(text.size());
    text.append(base::kNumberTextBytes, ' ');
  }
  context.writer.append_tail(text);
  return text;
}

// On the shard of the connection that is left out, if there is one: only that can leave it out.
void publish_to_room(NativeGateway& gateway, const std::string& room,
                     const ServerPublication& publication, engine::SessionId left_out,
                     const Tell& tell) {
  NativeContext& context = gateway.context();
  const bool numbered = publication.target.kind == TargetKind::room;
  std::uint32_t number_at = engine::kNowhere;
  const std::string text = write_event(context, publication, numbered ? &number_at : nullptr);
  const std::string id = publication.message_id.empty()
                             ? std::string()
                             : std::string(kServerIds) + publication.message_id;
  context.counters.publications.add();
  context.rooms.publish_to(
      room, left_out, protocol::Opcode::text, base::as_bytes(text),
      {.key = publication.key.empty() ? 0 : engine::hash_name(publication.key),
       .ticket = gateway.publishing().owe(
           [tell](const engine::PublishAnswer& answer) { tell(outcome_of(answer)); }),
       .id = id,
       .number_at = number_at,
       .keep = publication.keep && numbered,
       .echo = left_out == engine::kNobody});
}

void publish_to_user(NativeGateway& gateway, const ServerPublication& publication,
                     engine::SessionId left_out, const Tell& tell) {
  NativeContext& context = gateway.context();
  const std::string text = write_event(context, publication, nullptr);
  context.counters.publications.add();
  gateway.routes().send_to_user(
      publication.target.tenant, publication.target.name, base::as_bytes(text),
      {.except = left_out,
       .ticket = gateway.publishing().owe(
           [tell](const engine::PublishAnswer& answer) { tell(outcome_of(answer)); })});
}

void publish_to_connection(NativeGateway& gateway, const ServerPublication& publication,
                           engine::SessionId session, const Tell& tell) {
  NativeContext& context = gateway.context();
  const Client* client = context.client_of(session);
  PublishOutcome outcome;
  if (client != nullptr && client->state == ClientState::present) {
    const std::string text = write_event(context, publication, nullptr);
    const auto sent = context.sessions.send(session, protocol::Opcode::text, base::as_bytes(text));
    outcome.matched = 1;
    (sent == engine::SendResult::queued ? outcome.queued : outcome.dropped) = 1;
  }
  context.counters.publications.add();
  tell(outcome);
}

std::string room_of(const Target& target) {
  std::string room;
  switch (target.kind) {
    case TargetKind::room:
      CHECK(is_room_name(target.name));  // The rules of the calls have refused every other.
      set_engine_name(room, target.name, target.tenant);
      break;
    case TargetKind::tenant:
      set_tenant_room(room, target.tenant);
      break;
    case TargetKind::everybody:
      room = kEverybody;
      break;
    case TargetKind::user:
    case TargetKind::connection:
      break;
  }
  return room;
}

}  // namespace

PublishOutcome publish_from_server(const ShardPosts& posts, const ServerPublication& publication) {
  const Target& target = publication.target;
  const std::string room = room_of(target);
  std::optional<ConnectionId> except;
  if (!publication.except_connection.empty()) {
    except = parse_connection_id(publication.except_connection);
    // As one that has left: nobody is to be left out.
    if (except && except->shard >= posts.shards()) except.reset();
  }
  std::uint32_t shard = except ? except->shard : 0;
  std::optional<ConnectionId> to;
  if (target.kind == TargetKind::connection) {
    to = parse_connection_id(target.name);
    if (!to || to->shard >= posts.shards()) return PublishOutcome{};
    shard = to->shard;
  } else if (!except && target.kind != TargetKind::user) {
    shard = engine::HomeDirectory::home_of(room, posts.shards());
  }
  auto outcome =
      ask_shard<PublishOutcome>(posts, shard, [=](NativeGateway& gateway, const Tell& tell) {
        // A caller may say any id: whoever is not here cannot be left out.
        const bool leaves_out = except && gateway.context().client_of(except->session) != nullptr;
        const engine::SessionId left_out = leaves_out ? except->session : engine::kNobody;
        if (to) {
          publish_to_connection(gateway, publication, to->session, tell);
        } else if (publication.target.kind == TargetKind::user) {
          publish_to_user(gateway, publication, left_out, tell);
        } else {
          publish_to_room(gateway, room, publication, left_out, tell);
        }
      });
  return outcome ? *std::move(outcome) : PublishOutcome{.complete = false};
}

}  // namespace app
