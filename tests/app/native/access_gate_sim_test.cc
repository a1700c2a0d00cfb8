// Rooms that the access service decides about: what waits for it, in which order it goes on, and
// what a refusal, a silence and a crowd do.
#include "app/native/access_gate.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "app/clients/client_context.h"
#include "tests/app/native/native_sim.h"

namespace app {
namespace {

class AccessGateSim : public NativeSim {
 protected:
  AccessGateSim() {
    authority_ = std::make_shared<ScriptedAuthority>();
    AccessRule rule{.pattern = "desk*"};
    for (auto& operation : rule.admits) operation = {"service"};
    EXPECT_TRUE(options_.access.add(rule).ok());
    EXPECT_TRUE(options_.access.add(open_to_all("*")).ok());
  }
  static AccessRule open_to_all(std::string pattern) {
    AccessRule rule{.pattern = std::move(pattern)};
    for (auto& operation : rule.admits) operation = {"*"};
    return rule;
  }
  void chat(std::size_t peer, const std::string& room, const std::string& text) {
    say(peer, "chat:message:send", {{"room", room}, {"content", text}}, "c-" + text);
  }
  std::vector<std::string> chats(std::size_t peer) {
    std::vector<std::string> all;
    for (const Json& each : events(peer, "chat:message:received"))
      all.push_back(each.at("content"));
    return all;
  }
  std::string code_of(const Json& answer) { return answer.at("data").value("code", ""); }
  std::uint64_t waiting() {
    return sum([](GatewayShard& one) { return one.native().access_gate().waiting(); });
  }
};

TEST_P(AccessGateSim, AJoinWaitsForTheAnswer) {
  authority_->holds = true;
  start();
  const std::size_t peer = connect("acme/ann");
  say(peer, "chat:room:join", {{"room", "desk"}}, "j");
  ASSERT_TRUE(until([&] { return authority_->held.size() == 1; }));
  EXPECT_EQ(authority_->asked, std::vector<std::string>{"acme/ann join desk"});
  run_for(milliseconds{10});
  EXPECT_TRUE(events(peer, "chat:room:joined").empty());
  EXPECT_EQ(ask_for(peer, "ping", Json::object()).at("event"), "pong") << "nothing else waits";
  join(peer, "lobby");
  authority_->answer_one();
  EXPECT_TRUE(hears(peer, "chat:room:joined", 2));
}

TEST_P(AccessGateSim, ARoomIsFoundUnderItsOtherNameBesideANull) {
  start();
  const std::size_t peer = connect("acme/ann");
  const Json answer = ask_for(peer, "chat:room:join", {{"room", nullptr}, {"roomId", "desk"}});
  EXPECT_EQ(answer.at("event"), "chat:room:joined") << answer;
  EXPECT_EQ(authority_->asked, std::vector<std::string>{"acme/ann join desk"});
}

TEST_P(AccessGateSim, WhatIsDeniedIsSaidAndWhatIsRememberedIsNotAskedAgain) {
  authority_->says = {{RoomOperation::join, AccessAnswer::denied}};
  start();
  const std::size_t peer = connect("acme/ann");
  for (int i = 0; i < 3; ++i) {
    const Json answer = ask_for(peer, "chat:room:join", {{"room", "desk"}});
    EXPECT_EQ(code_of(answer), "ROOM_ACCESS_DENIED");
  }
  EXPECT_EQ(authority_->asked.size(), 1U);
  EXPECT_EQ(code_of(ask_for(peer, "chat:room:history", {{"room", "desk"}})), "");
  EXPECT_EQ(code_of(ask_for(peer, "chat:room:presence", {{"room", "desk"}})), "");
  EXPECT_EQ(authority_->asked.size(), 3U) << "each operation is a question";
}

TEST_P(AccessGateSim, NobodyKnows) {
  authority_->says = {{RoomOperation::join, AccessAnswer::unavailable}};
  start();
  const std::size_t peer = connect("acme/ann");
  EXPECT_EQ(code_of(ask_for(peer, "chat:room:join", {{"room", "desk"}})), "SERVER_ERROR");
  authority_->says.clear();
  join(peer, "desk");
}

// Without reordering, and without holding up other rooms.
TEST_P(AccessGateSim, MessagesKeepTheirOrderInTheRoomAndOthersDoNotWait) {
  start();
  const std::size_t reader = connect("acme/bob");
  join(reader, "desk");
  join(reader, "lobby");
  const std::size_t peer = connect("acme/ann");
  authority_->holds = true;
  for (int i = 0; i < 10; ++i) chat(peer, "desk", std::to_string(i));
  chat(peer, "lobby", "at once");
  ASSERT_TRUE(until([&] { return !chats(reader).empty(); }));
  EXPECT_EQ(chats(reader), std::vector<std::string>{"at once"});
  EXPECT_EQ(waiting(), 10U);
  ASSERT_EQ(authority_->held.size(), 1U) << "one question for all of them";
  authority_->answer_one();
  ASSERT_TRUE(until([&] { return chats(reader).size() == 11; }));
  const std::vector<std::string> all = chats(reader);
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(all[i + 1], std::to_string(i));
  EXPECT_EQ(waiting(), 0U);
}

// A service that wants to be asked each time is asked once for what waits together.
TEST_P(AccessGateSim, AnAnswerThatDoesNotHoldIsForWhatWaitedForIt) {
  authority_->remembers = false;
  start();
  const std::size_t reader = connect("acme/bob");
  join(reader, "desk");
  const std::size_t peer = connect("acme/ann");
  authority_->holds = true;
  const std::size_t before = authority_->asked.size();
  for (int i = 0; i < 5; ++i) chat(peer, "desk", std::to_string(i));
  say(peer, "chat:room:join", {{"room", "desk"}}, "j");
  chat(peer, "desk", "after the join");
  ASSERT_TRUE(until([&] { return waiting() == 7; }));
  authority_->answer_one();
  ASSERT_TRUE(until([&] { return authority_->held.size() == 1; })) << "now about the join";
  EXPECT_EQ(waiting(), 2U);
  authority_->answer_one();
  ASSERT_TRUE(until([&] { return !authority_->held.empty(); })) << "and about the message after it";
  authority_->answer_one();
  ASSERT_TRUE(until([&] { return chats(reader).size() == 6; }));
  EXPECT_EQ(chats(reader).back(), "after the join");
  EXPECT_EQ(authority_->asked.size() - before, 3U);
}

TEST_P(AccessGateSim, TooManyThatWaitAreRefused) {
  options_.access_service.waiting_most = 5;
  authority_->holds = true;
  start(1);
  const std::size_t peer = connect("acme/ann");
  const std::size_t other = connect("acme/bob");
  for (int i = 0; i < 8; ++i) {
    say(peer, "chat:room:join", {{"room", "desk" + std::to_string(i)}}, std::to_string(i));
  }
  ASSERT_TRUE(hears(peer, "error", 3));
  for (const Json& error : events(peer, "error")) EXPECT_EQ(error.at("code"), "SERVER_ERROR");
  EXPECT_EQ(waiting(), 5U);
  EXPECT_EQ(code_of(ask_for(other, "chat:room:join", {{"room", "desk"}})), "SERVER_ERROR");
  authority_->holds = false;
  authority_->answer_all();
  EXPECT_TRUE(hears(peer, "chat:room:joined", 5));
  join(other, "desk");
  EXPECT_EQ(
      sum([](GatewayShard& one) { return one.native().context().counters.access_refused.value(); }),
      4U);
}

TEST_P(AccessGateSim, OneClientHoldsNoMoreThanItsShare) {
  authority_->holds = true;
  start(1);
  const std::size_t peer = connect("acme/ann");
  const std::size_t other = connect("acme/bob");
  for (std::uint32_t i = 0; i < kHeldPerClientMost + 10; ++i) chat(peer, "desk", std::to_string(i));
  EXPECT_TRUE(hears(peer, "error", 10));
  say(other, "chat:room:join", {{"room", "desk"}}, "j");
  ASSERT_TRUE(until([&] { return waiting() == kHeldPerClientMost + 1; }));
}

TEST_P(AccessGateSim, WhoLeavesWaitsForNothing) {
  authority_->holds = true;
  start();
  base::Prng prng(GetParam());
  for (int round = 0; round < 6; ++round) {
    std::vector<std::size_t> peers;
    for (int i = 0; i < 4; ++i) {
      peers.push_back(connect("acme/u" + std::to_string(i)));
      for (int k = 0; k < 5; ++k) chat(peers.back(), k % 2 == 0 ? "desk" : "desk2", "x");
    }
    run_for(std::chrono::microseconds{prng.below(300)});
    for (const std::size_t peer : peers) {
      if (prng.below(2) == 0 && !authority_->held.empty()) authority_->answer_one();
      close(peer);
    }
    EXPECT_EQ(waiting(), 0U);
    authority_->answer_all();
    authority_->forget();
    run_for(milliseconds{1});
  }
}

// Coming back takes two rights, and the service is asked about one after the other, once each, even
// if none of its answers holds.
TEST_P(AccessGateSim, WhoComesBackIsAskedAboutTwice) {
  authority_->remembers = false;
  start();
  const std::size_t writer = connect("acme/bob");
  const Json joined = join(writer, "desk");
  const Json back{{"room", "desk"}, {"epoch", joined.at("epoch")}, {"seq", 0}};
  chat(writer, "desk", "missed");
  ASSERT_TRUE(until([&] { return chats(writer).size() == 1; }));
  authority_->asked.clear();
  std::size_t peer = connect("acme/ann");
  authority_->holds = true;
  say(peer, "chat:room:join", back, "j");
  chat(peer, "desk", "after it");
  ASSERT_TRUE(until([&] { return waiting() == 2; }));
  authority_->answer_one();
  ASSERT_TRUE(until([&] { return authority_->held.size() == 1; }));
  run_for(milliseconds{1});
  EXPECT_TRUE(events(peer, "chat:room:joined").empty());
  authority_->holds = false;
  authority_->answer_one();
  ASSERT_TRUE(hears(peer, "chat:room:joined"));
  EXPECT_EQ(data(peer, "chat:room:joined").at("recovered"), true);
  ASSERT_TRUE(until([&] { return chats(peer).size() == 2; }));
  EXPECT_EQ(chats(peer), (std::vector<std::string>{"missed", "after it"}));
  EXPECT_EQ(authority_->asked,
            (std::vector<std::string>{"acme/ann join desk", "acme/ann history desk",
                                      "acme/ann send desk"}));
  EXPECT_EQ(waiting(), 0U);

  authority_->says = {{RoomOperation::history, AccessAnswer::unavailable}};
  peer = connect("acme/ann");
  EXPECT_EQ(code_of(ask_for(peer, "chat:room:join", back)), "SERVER_ERROR");
  authority_->says = {{RoomOperation::history, AccessAnswer::denied}};
  const Json answer = ask_for(peer, "chat:room:join", back);
  EXPECT_EQ(answer.at("data").value("recovered", true), false) << answer;
  EXPECT_EQ(answer.at("data").value("missed", 1), 0);
  chat(writer, "desk", "live");
  ASSERT_TRUE(until([&] { return !chats(peer).empty(); }));
  EXPECT_EQ(chats(peer), std::vector<std::string>{"live"});

  authority_->says = {{RoomOperation::join, AccessAnswer::denied}};
  authority_->asked.clear();
  peer = connect("acme/carl");
  EXPECT_EQ(code_of(ask_for(peer, "chat:room:join", back)), "ROOM_ACCESS_DENIED");
  EXPECT_EQ(authority_->asked, std::vector<std::string>{"acme/carl join desk"});
}

// What was said of the right that is known stays with the event that waits for the other.
TEST_P(AccessGateSim, WhatIsKnownOfOneRightIsNoWordOnAnotherEvent) {
  start();
  const std::size_t peer = connect("acme/ann");
  join(peer, "desk");
  ask_for(peer, "chat:room:leave", {{"room", "desk"}});
  authority_->holds = true;
  say(peer, "chat:room:join", {{"room", "desk"}, {"epoch", "1"}, {"seq", 0}}, "j");
  ASSERT_TRUE(until([&] { return authority_->held.size() == 1; }));
  EXPECT_EQ(authority_->asked.back(), "acme/ann history desk");
  for (GatewayShard* one : factory_->made) EXPECT_FALSE(one->native().context().decision);
  authority_->holds = false;
  authority_->answer_all();
  EXPECT_TRUE(hears(peer, "chat:room:joined", 2));
}

// And so does creating: whoever creates a room is in it.
TEST_P(AccessGateSim, WhoCreatesIsAskedAboutTwice) {
  authority_->remembers = false;
  authority_->says = {{RoomOperation::join, AccessAnswer::denied}};
  start();
  const std::size_t peer = connect("acme/ann");
  EXPECT_EQ(code_of(ask_for(peer, "chat:room:create", {{"room", "desk"}})), "PERMISSION_DENIED");
  EXPECT_EQ(authority_->asked,
            (std::vector<std::string>{"acme/ann create desk", "acme/ann join desk"}));
  authority_->says = {{RoomOperation::create, AccessAnswer::denied}};
  authority_->asked.clear();
  EXPECT_EQ(code_of(ask_for(peer, "chat:room:create", {{"room", "desk"}})), "PERMISSION_DENIED");
  EXPECT_EQ(authority_->asked, std::vector<std::string>{"acme/ann create desk"});
  authority_->says.clear();
  EXPECT_EQ(ask_for(peer, "chat:room:create", {{"room", "desk"}}).at("event"), "chat:room:created");
}

// What is resumed may end its own client; then the rest is dropped.
TEST_P(AccessGateSim, WhoIsEndedInTheMiddleOfWhatWaitedIsGone) {
  options_.limits.enabled = true;
  options_.limits.errors_per_minute = 3;
  authority_->says = {{RoomOperation::send, AccessAnswer::denied}};
  authority_->holds = true;
  start();
  const std::size_t peer = connect("acme/ann");
  for (int i = 0; i < 20; ++i) chat(peer, "desk", std::to_string(i));
  ASSERT_TRUE(until([&] { return waiting() == 20; }));
  authority_->answer_one();
  EXPECT_TRUE(until([&] { return close_code(peer) == 1008; }));
  EXPECT_EQ(waiting(), 0U);
}

TEST_P(AccessGateSim, OtherRolesAreAnotherQuestionAndMayEndAMembership) {
  start();
  const std::size_t peer = connect("acme/ann");
  join(peer, "desk");
  join(peer, "lobby");
  authority_->says = {{RoomOperation::join, AccessAnswer::denied}};
  const ConnectionId id = *parse_connection_id(id_of(peer));
  on_shard(id.shard, [&](NativeGateway& gateway) {
    NativeContext& context = gateway.context();
    Client& client = *context.client_of(id.session);
    Grants grants = *client.grants;
    grants.roles = {"guest"};
    client.grants = context.grants.share(grants);
    gateway.room_events().grants_changed(as_client(context.sessions.context(id.session)));
  });
  ASSERT_TRUE(hears(peer, "chat:room:left"));
  EXPECT_EQ(data(peer, "chat:room:left").at("roomId"), "desk");
  EXPECT_EQ(authority_->asked.back(), "acme/ann as guest join desk");
}

// A rule that is new leaves who is there where it is, and holds for what they say from now on.
TEST_P(AccessGateSim, AnAnswerIsNotAboutTheRolesOfAfterwards) {
  authority_->holds = true;
  start();
  const std::size_t peer = connect("acme/ann");
  say(peer, "chat:room:join", {{"room", "desk"}}, "j");
  ASSERT_TRUE(until([&] { return authority_->held.size() == 1; }));
  Identity guest = ScriptedAuthenticator::identity_of("acme/ann");
  guest.roles = {"visitor"};
  authenticator_->results["less"] = guest;
  EXPECT_EQ(ask_for(peer, "auth:refresh", {{"token", "less"}}).at("event"), "auth:refreshed");
  authority_->answer_one();
  ASSERT_TRUE(until([&] { return authority_->held.size() == 1; }));
  EXPECT_EQ(authority_->asked.back(), "acme/ann as visitor join desk");
  EXPECT_TRUE(events(peer, "chat:room:joined").empty());
  authority_->says = {{RoomOperation::join, AccessAnswer::denied}};
  authority_->answer_one();
  ASSERT_TRUE(hears(peer, "error"));
  EXPECT_EQ(events(peer, "error").back().at("code"), "ROOM_ACCESS_DENIED");
  EXPECT_EQ(waiting(), 0U);
}

TEST_P(AccessGateSim, AReloadAsksNobodyWhoIsInAndHoldsWhatIsSaidThen) {
  start();
  const std::size_t peer = connect("acme/ann");
  join(peer, "lobby");
  authority_->says = {{RoomOperation::send, AccessAnswer::denied}};
  options_.access = {};
  AccessRule rule{.pattern = "*"};
  for (auto& operation : rule.admits) operation = {"service"};
  ASSERT_TRUE(options_.access.add(rule).ok());
  reload();
  run_for(milliseconds{5});
  EXPECT_TRUE(authority_->asked.empty());
  EXPECT_TRUE(events(peer, "chat:room:left").empty());
  const Json answer =
      ask_for(peer, "chat:message:send", {{"room", "lobby"}, {"content", "x"}, {"ack", true}});
  EXPECT_EQ(code_of(answer), "ROOM_ACCESS_DENIED");
  EXPECT_EQ(authority_->asked, std::vector<std::string>{"acme/ann send lobby"});
}

// The service has denied since what it allowed one who is in; a reload of other things is no reason
// to look at that.
TEST_P(AccessGateSim, AReloadThatLeavesTheRulesAloneLooksAtNobody) {
  start();
  const std::size_t stays = connect("acme/ann");
  join(stays, "desk");
  authority_->forget();
  authority_->says = {{RoomOperation::join, AccessAnswer::denied}};
  EXPECT_EQ(code_of(ask_for(connect("acme/ann"), "chat:room:join", {{"room", "desk"}})),
            "ROOM_ACCESS_DENIED");
  options_.limits.rooms_per_connection = 77;
  reload();
  run_for(milliseconds{5});
  EXPECT_EQ(gateway(0).context().options().limits.rooms_per_connection, 77U);
  EXPECT_TRUE(events(stays, "chat:room:left").empty());
  ASSERT_TRUE(options_.access.add_guest_room("lobby").ok());
  reload();
  EXPECT_TRUE(hears(stays, "chat:room:left")) << "now they are looked at";
}

// The service is not asked about those whom the server has put into a room; one of them it was
// asked about already when that happened.
TEST_P(AccessGateSim, TheServiceIsNotAskedAboutWhomTheServerHasPutThere) {
  authority_->says = {{RoomOperation::join, AccessAnswer::denied}};
  start();
  const std::size_t peer = connect("acme/ann");
  const ConnectionId id = *parse_connection_id(id_of(peer));
  const auto with_roles = [&](std::vector<std::string> roles) {
    on_shard(id.shard, [&](NativeGateway& gateway) {
      NativeContext& context = gateway.context();
      Client& client = *context.client_of(id.session);
      Grants grants = *client.grants;
      grants.roles = std::move(roles);
      client.grants = context.grants.share(grants);
      gateway.room_events().grants_changed(as_client(context.sessions.context(id.session)));
    });
  };
  const auto subscribe = [&](const char* room) {
    on_shard(id.shard, [&](NativeGateway& gateway) {
      gateway.room_events().subscribe(as_client(gateway.context().sessions.context(id.session)),
                                      room);
    });
  };
  subscribe("desk");
  ASSERT_TRUE(hears(peer, "chat:room:joined"));
  with_roles({"one"});
  EXPECT_TRUE(authority_->asked.empty());
  authority_->says.clear();
  join(peer, "desk2");
  authority_->says = {{RoomOperation::join, AccessAnswer::denied}};
  authority_->holds = true;
  with_roles({"two"});
  ASSERT_EQ(authority_->held.size(), 1U);
  subscribe("desk2");
  authority_->answer_all();
  run_for(milliseconds{5});
  EXPECT_TRUE(events(peer, "chat:room:left").empty());
}

INSTANTIATE_TEST_SUITE_P(Seeds, AccessGateSim, testing::Range<std::uint64_t>(1, 7));

}  // namespace
}  // namespace app
