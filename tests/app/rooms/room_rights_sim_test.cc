// Rights in rooms, over shards: what takes which, and what becomes of those who lose one.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "app/clients/client_context.h"
#include "app/rooms/room_events.h"
#include "app/rooms/room_names.h"
#include "tests/app/rooms/room_sim.h"

namespace app {
namespace {

class RoomRightsSim : public RoomSim {
 protected:
  // Everybody may do everything, but only the token "auditor" reads histories.
  void start_with_auditor() {
    AccessRule rule{.pattern = "*"};
    for (auto& admits : rule.admits) admits = {"*"};
    rule.admits[static_cast<std::size_t>(RoomOperation::history)] = {"role:auditor"};
    ASSERT_TRUE(options_.access.add(rule).ok());
    authenticator_->results["auditor"] =
        Identity{.user = "eve", .tenant = "acme", .roles = {"auditor"}};
    start();
  }
};

TEST_P(RoomRightsSim, WhoLosesItsRightsIsOutOfTheRoom) {
  AccessRule rule{.pattern = "staff"};
  for (auto& admits : rule.admits) admits = {"role:staff"};
  ASSERT_TRUE(options_.access.add(rule).ok());
  AccessRule any{.pattern = "*"};
  for (auto& admits : any.admits) admits = {"*"};
  ASSERT_TRUE(options_.access.add(any).ok());
  start();
  authenticator_->results["staff"] = Identity{.user = "ann", .tenant = "acme", .roles = {"staff"}};
  const std::size_t ann = connect("staff");
  join(ann, "staff");
  join(ann, "r");
  EXPECT_EQ(ask_for(ann, "auth:refresh", {{"token", "acme/ann"}}).at("event"), "auth:refreshed");
  ASSERT_TRUE(hears(ann, "chat:room:left"));
  EXPECT_EQ(data(ann, "chat:room:left").at("roomId"), "staff");
  EXPECT_EQ(data(ann, "chat:room:left").at("reason"), "no longer admitted");
  const Json refused = ask_for(ann, "chat:room:join", {{"room", "staff"}});
  EXPECT_EQ(refused.at("data").at("code"), "ROOM_ACCESS_DENIED");
  const Json rooms = ask_for(ann, "chat:room:list", Json::object()).at("data").at("rooms");
  ASSERT_EQ(rooms.size(), 3U) << rooms;
}

// What was missed is history.
TEST_P(RoomRightsSim, WhoMayNotReadTheHistoryComesBackAndIsGivenNothing) {
  start_with_auditor();
  const std::size_t writer = connect("acme/writer");
  const Json from{{"room", "r"}, {"epoch", join(writer, "r").at("epoch")}, {"seq", 0}};
  chat(writer, "secret");
  const std::size_t ann = connect("acme/ann");
  const Json refused = ask_for(ann, "chat:room:join", from);
  EXPECT_EQ(refused.at("event"), "chat:room:joined");
  EXPECT_EQ(refused.at("data").value("recovered", true), false) << refused;
  EXPECT_EQ(refused.at("data").value("missed", 1), 0);
  const std::size_t auditor = connect("auditor");
  EXPECT_EQ(ask_for(auditor, "chat:room:join", from).at("data").value("recovered", false), true);
  chat(writer, "live");
  ASSERT_TRUE(until([&] { return !chats(ann).empty() && chats(auditor).size() == 2; }));
  EXPECT_EQ(chats(ann), std::vector<std::string>{"live"});
  EXPECT_EQ(chats(auditor), (std::vector<std::string>{"secret", "live"}));
}

// Nor who loses that right while the room's home looks for what was missed.
TEST_P(RoomRightsSim, TheRightToTheHistoryIsJudgedAgainWhenItArrives) {
  start_with_auditor();
  const std::size_t writer = connect("acme/writer");
  const Json from{{"room", "r"}, {"epoch", join(writer, "r").at("epoch")}, {"seq", 0}};
  chat(writer, "secret");
  const std::size_t peer = connect_on((home_of("r") + 1) % 3, "auditor");
  const ConnectionId id = *parse_connection_id(id_of(peer));
  // In one turn of its shard: it asks to come back, and has no such role any more.
  on_shard(id.shard, [&](NativeGateway& gateway) {
    NativeContext& context = gateway.context();
    std::string text = Json{{"event", "chat:room:join"}, {"requestId", "j"}, {"data", from}}.dump();
    gateway.on_message(id.session, protocol::Opcode::text,
                       {reinterpret_cast<std::byte*>(text.data()), text.size()});
    Client& client = *context.client_of(id.session);
    EXPECT_EQ(client.joins_pending, 1U);
    Grants grants = *client.grants;
    grants.roles.clear();
    client.grants = context.grants.share(grants);
    gateway.room_events().grants_changed(as_client(context.sessions.context(id.session)));
  });
  ASSERT_TRUE(hears(peer, "chat:room:joined"));
  EXPECT_EQ(data(peer, "chat:room:joined").value("recovered", true), false);
  EXPECT_EQ(data(peer, "chat:room:joined").value("missed", 1), 0);
  chat(writer, "live");
  ASSERT_TRUE(until([&] { return !chats(peer).empty(); }));
  EXPECT_EQ(chats(peer), std::vector<std::string>{"live"});
}

// Whom the server puts into a room needs no right to be in it, whatever changes meanwhile.
TEST_P(RoomRightsSim, WhomTheServerHasPutThereStays) {
  const auto admit = [&](const char* who) {
    AccessRule rule{.pattern = "*"};
    for (auto& admits : rule.admits) admits = {who};
    options_.access = {};
    ASSERT_TRUE(options_.access.add(rule).ok());
  };
  admit("role:staff");
  authenticator_->results["staff"] = Identity{.user = "ann", .tenant = "acme", .roles = {"staff"}};
  start();
  const std::size_t ann = connect("staff");
  const ConnectionId id = *parse_connection_id(id_of(ann));
  const auto ask_server = [&](auto change, const char* room) {
    bool changed = false;
    on_shard(id.shard, [&](NativeGateway& gateway) {
      const ClientHandle handle = as_client(gateway.context().sessions.context(id.session));
      changed = (gateway.room_events().*change)(handle, room);
    });
    return changed;
  };
  join(ann, "own");
  join(ann, "both");
  EXPECT_TRUE(ask_server(&RoomEvents::subscribe, "given"));
  EXPECT_FALSE(ask_server(&RoomEvents::subscribe, "both")) << "it is there already";
  ASSERT_TRUE(hears(ann, "chat:room:joined", 3));
  EXPECT_EQ(ask_for(ann, "auth:refresh", {{"token", "acme/ann"}}).at("event"), "auth:refreshed");
  ASSERT_TRUE(hears(ann, "chat:room:left"));
  EXPECT_EQ(data(ann, "chat:room:left").at("roomId"), "own");
  admit("role:boss");
  reload();
  run_for(milliseconds{5});
  EXPECT_EQ(events(ann, "chat:room:left").size(), 1U);
  // Until it is out: then it is let in by nobody.
  EXPECT_TRUE(ask_server(&RoomEvents::unsubscribe, "given"));
  EXPECT_EQ(ask_for(ann, "chat:room:leave", {{"room", "both"}}).at("event"), "chat:room:left");
  for (const char* room : {"given", "both"}) {
    EXPECT_EQ(ask_for(ann, "chat:room:join", {{"room", room}}).at("event"), "error") << room;
  }
  EXPECT_EQ(gateway(id.shard).room_events().memberships_given(), 0U);
  // What is left ends with the connection.
  EXPECT_TRUE(ask_server(&RoomEvents::subscribe, "given"));
  EXPECT_TRUE(until([&] { return gateway(id.shard).room_events().memberships_given() == 1; }));
}

// Also who was coming by itself just then.
TEST_P(RoomRightsSim, WhomTheServerPutsThereWhileItJoinsStays) {
  AccessRule rule{.pattern = "*"};
  for (auto& admits : rule.admits) admits = {"role:staff"};
  ASSERT_TRUE(options_.access.add(rule).ok());
  authenticator_->results["staff"] = Identity{.user = "ann", .tenant = "acme", .roles = {"staff"}};
  start();
  const std::size_t ann = connect_on((home_of("r") + 1) % 3, "staff");
  const ConnectionId id = *parse_connection_id(id_of(ann));
  on_shard(id.shard, [&](NativeGateway& gateway) {
    NativeContext& context = gateway.context();
    const ClientHandle handle = as_client(context.sessions.context(id.session));
    std::string text = R"({"event":"chat:room:join","requestId":"j","data":{"room":"r"}})";
    gateway.on_message(id.session, protocol::Opcode::text,
                       {reinterpret_cast<std::byte*>(text.data()), text.size()});
    EXPECT_FALSE(gateway.room_events().subscribe(handle, "r"));
    Client& client = *context.clients.find(handle);
    client.grants = context.grants.share(Grants{.tenant = "acme"});
    gateway.room_events().grants_changed(handle);
  });
  EXPECT_TRUE(hears(ann, "chat:room:joined"));
  EXPECT_TRUE(events(ann, "error").empty());
}

TEST_P(RoomRightsSim, CreatingTakesTheRightToJoinToo) {
  AccessRule rule{.pattern = "*"};
  rule.admits[static_cast<std::size_t>(RoomOperation::create)] = {"*"};
  rule.admits[static_cast<std::size_t>(RoomOperation::join)] = {"role:staff"};
  ASSERT_TRUE(options_.access.add(rule).ok());
  authenticator_->results["staff"] = Identity{.user = "bob", .tenant = "acme", .roles = {"staff"}};
  start();
  const std::size_t bob = connect("staff");
  const std::size_t ann = connect("acme/ann");
  EXPECT_EQ(ask_for(bob, "chat:room:create", {{"room", "r"}}).at("event"), "chat:room:created");
  for (const char* room : {"r", "new"}) {
    const Json answer = ask_for(ann, "chat:room:create", {{"room", room}});
    EXPECT_EQ(answer.at("data").value("code", ""), "PERMISSION_DENIED") << room;
  }
  EXPECT_EQ(ask_for(ann, "chat:room:create", Json::object()).at("event"), "error");
}

// Roles change while the room's home is being asked: the join is looked at again when it is over.
TEST_P(RoomRightsSim, ARightThatIsLostWhileAJoinWaitsIsLost) {
  AccessRule rule{.pattern = "*"};
  for (auto& admits : rule.admits) admits = {"*"};
  rule.admits[static_cast<std::size_t>(RoomOperation::join)] = {"role:staff"};
  ASSERT_TRUE(options_.access.add(rule).ok());
  Identity ann = ScriptedAuthenticator::identity_of("acme/ann");
  ann.roles = {"staff"};
  authenticator_->results["acme/ann"] = ann;
  start();
  std::uint64_t lost = 0;
  for (int i = 0; i < 30; ++i) {
    const std::string room = "r" + std::to_string(i);
    const std::size_t peer = connect("acme/ann");
    const ConnectionId id = *parse_connection_id(id_of(peer));
    const bool recovers = i % 3 == 0;
    const bool creates = i % 3 == 1;
    // In one turn of its shard: it asks to join, and has no right any more.
    on_shard(id.shard, [&](NativeGateway& gateway) {
      NativeContext& context = gateway.context();
      const ClientHandle handle = as_client(context.sessions.context(id.session));
      Json said{{"event", creates ? "chat:room:create" : "chat:room:join"},
                {"requestId", "j"},
                {"data", {{"room", room}}}};
      if (recovers) said["data"] = {{"room", room}, {"epoch", "1"}, {"seq", 0}};
      std::string text = said.dump();
      gateway.on_message(id.session, protocol::Opcode::text,
                         {reinterpret_cast<std::byte*>(text.data()), text.size()});
      Client& client = *context.clients.find(handle);
      if (client.joins_pending == 0) return;  // Its home is here.
      ++lost;
      Grants grants = *client.grants;
      grants.roles.clear();
      client.grants = context.grants.share(grants);
      gateway.room_events().grants_changed(handle);
    });
    ASSERT_TRUE(until([&] {
      return !events(peer, "chat:room:joined").empty() ||
             !events(peer, "chat:room:created").empty() || !events(peer, "error").empty();
    }));
    if (!events(peer, "error").empty()) {
      EXPECT_EQ(data(peer, "error").at("code"), "ROOM_ACCESS_DENIED");
      EXPECT_TRUE(events(peer, creates ? "chat:room:created" : "chat:room:joined").empty());
      EXPECT_TRUE(ask_for(peer, "chat:room:list", Json::object()).at("data").at("rooms").size() ==
                  2U)
          << "the user's and the tenant's alone";
    }
    close(peer);
  }
  EXPECT_GT(lost, 0U);
  EXPECT_EQ(errors(ErrorCode::room_access_denied), lost);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RoomRightsSim, testing::Range<std::uint64_t>(1, 13));

}  // namespace
}  // namespace app
