#include "app/rooms/presence.h"

#include <memory>
#include <utility>

#include "app/native/native_gateway.h"
#include "base/bytes.h"
#include "engine/room/room_name.h"

namespace app {

void Presence::tell(const Client& client, const engine::Room& room, std::string_view action) {
  const std::uint32_t most = context_.options().room_settings.presence_members;
  // Members are spread over the shards: as many elsewhere as here.
  if (room.population() * context_.shard.shards() > most) return;
  std::string& text = context_.text;
  text.clear();
  context_.writer.append_head(text, "chat:room:member");
  text += R"({"roomId":)";
  append_json_string(text, engine::without_tag(room.name));
  text += R"(,"userId":)";
  append_json_string(text, client.user);
  text += R"(,"connectionId":")";
  append_text(text, context_.id_of(client));
  text += R"(","action":")";
  text += action;
  text += R"("})";
  context_.writer.append_tail(text);
  context_.rooms.publish_to(std::string(room.name), client.session, protocol::Opcode::text,
                            base::as_bytes(text), {.echo = false});
}

bool Presence::list(std::string engine_name, std::string_view cursor, std::uint32_t limit,
                    Done done) {
  auto query = std::make_shared<Query>();
  query->room = std::move(engine_name);
  query->asker = context_.shard.number();
  query->limit = limit;
  query->from = PlaceCursor::parse(cursor);
  query->done = std::move(done);
  const ShardPosts& posts = context_.services.posts;
  return posts.post(0, [query](NativeGateway& gateway) { gateway.presence().look(0, query); });
}

// Every shard counts its members; those of the page are read where the page is.
void Presence::look(std::uint32_t shard, std::shared_ptr<Query> query) {
  if (const engine::Room* room = context_.rooms.find(context_.rooms.find(query->room));
      room != nullptr) {
    query->page.count += room->population();
    if (shard >= query->from.shard && query->page.next.empty()) add_members(*query, *room);
  }
  const ShardPosts& posts = context_.services.posts;
  const std::uint32_t next = shard + 1;
  if (next < context_.shard.shards()) {
    static_cast<void>(posts.post_owed(
        next, [next, query](NativeGateway& gateway) { gateway.presence().look(next, query); }));
  } else {
    static_cast<void>(posts.post_owed(query->asker, [query](NativeGateway& gateway) {
      query->done(gateway, std::move(query->page));
    }));
  }
}

void Presence::add_members(Query& query, const engine::Room& room) {
  const std::uint32_t here = context_.shard.number();
  std::uint32_t place = here == query.from.shard ? query.from.place : 0;
  for (; place < room.members.size(); ++place) {
    if (query.page.members.size() == query.limit) {
      query.page.next = PlaceCursor{here, place}.text();
      return;
    }
    const std::uint32_t slot = room.members[place].slot;
    if (slot == engine::Room::kVacant) continue;
    const engine::SessionId session = context_.sessions.id_of(slot);
    const Client* client = context_.client_of(session);
    if (client == nullptr) continue;
    query.page.members.push_back({.user = client->user,
                                  .connection = text(context_.id_of(*client)),
                                  .type = std::string(name(client->grants->type))});
  }
}

}  // namespace app
