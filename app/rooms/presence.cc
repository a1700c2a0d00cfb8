#include "app/rooms/presence.h"

#include <memory>
#include <utility>

#include "app/native/native_gateway.h"
#include "app/native/native_messages.h"
#include "base/bytes.h"
#include "engine/room/room_name.h"

namespace app {

namespace {

// engine::Room::mark of a room in which nobody's coming is told.
constexpr std::uint8_t kLarge = 1;

// The note of a membership. The rooms that everybody is in are of no account.
enum class Told : std::uint8_t { of_no_account, nothing, joined };

}  // namespace

void Presence::joined(const Client& client, engine::RoomHandle handle) {
  if (context_.options().room_settings.presence_members == 0) return;
  const engine::Room& room = *context_.rooms.find(handle);
  // Not counted yet: the last that a small room takes is told of on every shard.
  const Told told = room.mark == kLarge ? Told::nothing : Told::joined;
  count(room, true);
  context_.rooms.note_of(client.session, handle) = static_cast<std::uint8_t>(told);
  if (told == Told::joined) tell(client, room, "joined");
}

// What a shard says of a room comes to its home in order, so going is told behind coming, and is
// counted before the shard's last member of the room is gone and the home may forget it.
void Presence::left(Client& client, engine::RoomHandle handle) {
  const auto told = static_cast<Told>(context_.rooms.note_of(client.session, handle));
  if (told == Told::of_no_account) return;
  const engine::Room& room = *context_.rooms.find(handle);
  count(room, false);
  if (told != Told::joined) return;
  tell(client, room, "left");
  typing_.left(client, engine::without_tag(room.name));
}

void Presence::count(const engine::Room& room, bool joins) {
  if (room.home_shard == context_.shard.number()) {
    count_at_home(room.home, joins);
    return;
  }
  const NativeMessage what = joins ? NativeMessage::member_joined : NativeMessage::member_left;
  context_.shard.mailbox().send(room.home_shard,
                                {.kind = static_cast<std::uint8_t>(what),
                                 .sender = static_cast<std::uint16_t>(context_.shard.number()),
                                 .target = room.home});
}

// A room is large from when it has the most members of whom is told, and until a quarter of them
// are gone: one whose size goes up and down a little does not change again and again.
void Presence::count_at_home(base::Handle home, bool joins) {
  const std::uint64_t most = context_.options().room_settings.presence_members;
  const std::uint64_t members = context_.rooms.tally(home, joins);
  const bool was_large = context_.rooms.home_room(home)->mark == kLarge;
  const bool is_large = was_large ? members * 4 >= most * 3 : members >= most;
  if (is_large != was_large) context_.rooms.set_mark(home, is_large ? kLarge : std::uint8_t{});
}

void Presence::on_shard_message(const engine::ShardMessage& message) {
  count_at_home(message.target,
                static_cast<NativeMessage>(message.kind) == NativeMessage::member_joined);
}

void Presence::tell(const Client& client, const engine::Room& room, std::string_view action) {
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
  query->from = PlaceCursor::parse(cursor).value_or(PlaceCursor{});
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
