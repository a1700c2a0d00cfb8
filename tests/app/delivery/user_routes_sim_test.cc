// Messages to users and connections, wherever these are.
#include "app/delivery/user_routes.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/app/native/native_sim.h"

namespace app {
namespace {

class UserRoutesSim : public NativeSim {
 protected:
  Json send(std::size_t peer, Json data) {
    data["event"] = "note";
    const Json answer = ask_for(peer, "message:send", data);
    EXPECT_EQ(answer.value("event", ""), "message:sent") << answer;
    return answer.at("data");
  }
  std::vector<Json> notes(std::size_t peer) { return events(peer, "message:received"); }
};

TEST_P(UserRoutesSim, AUserHearsOnEveryConnectionAndTheSenderHowMany) {
  start();
  const std::size_t ann = connect("acme/ann");
  std::vector<std::size_t> bobs;
  for (std::uint32_t on : {0U, 0U, 1U, 2U}) bobs.push_back(connect_on(on, "acme/bob"));
  const Json sent = send(ann, {{"user", "bob"}, {"data", 1}});
  EXPECT_EQ(sent.at("matched"), 4);
  EXPECT_EQ(sent.at("queued"), 4);
  for (const std::size_t bob : bobs) {
    ASSERT_TRUE(hears(bob, "message:received"));
    EXPECT_EQ(notes(bob)[0].at("from").at("userId"), "ann");
    EXPECT_EQ(notes(bob)[0].at("data"), 1);
  }
  EXPECT_TRUE(notes(ann).empty());
  EXPECT_FALSE(notes(bobs[0])[0].contains("seq")) << "of rooms only";
  EXPECT_EQ(send(ann, {{"user", "nobody"}}).at("matched"), 0);
}

TEST_P(UserRoutesSim, OneConnectionIsMeantAlone) {
  start();
  const std::size_t ann = connect("acme/ann");
  const std::size_t one = connect_on(1, "acme/bob");
  const std::size_t other = connect_on(1, "acme/bob");
  EXPECT_EQ(send(ann, {{"connection", id_of(one)}}).at("queued"), 1);
  ASSERT_TRUE(hears(one, "message:received"));
  EXPECT_TRUE(notes(other).empty());
  for (const char* nobody : {"c0-3fff-1", "c1-fffffffe-ffffffff", "c2-1000000-1", "c9-0-1", "x"}) {
    EXPECT_EQ(send(ann, {{"connection", nobody}}).at("matched"), 0) << nobody;
  }
}

TEST_P(UserRoutesSim, AnEchoGoesToTheSendersOtherConnections) {
  start();
  const std::size_t one = connect_on(0, "acme/ann");
  const std::size_t other = connect_on(2, "acme/ann");
  EXPECT_EQ(send(one, {{"user", "ann"}, {"echo", false}}).at("matched"), 1);
  EXPECT_EQ(send(one, {{"user", "ann"}}).at("matched"), 2);
  ASSERT_TRUE(hears(other, "message:received", 2));
  EXPECT_EQ(notes(one).size(), 1U);
}

TEST_P(UserRoutesSim, APersonalRoomIsTheUsersConnections) {
  start();
  authenticator_->results.emplace(
      "acme/boss", Identity{.user = "boss", .tenant = "acme", .type = UserType::supervisor});
  const std::size_t boss = connect_on(0, "acme/boss");
  const std::size_t one = connect_on(1, "acme/bob");
  const std::size_t other = connect_on(2, "acme/bob");
  const std::size_t stranger = connect_on(2, "other/bob");
  EXPECT_EQ(send(boss, {{"room", "user:bob"}}).at("matched"), 2);
  ASSERT_TRUE(hears(one, "message:received"));
  EXPECT_EQ(notes(one)[0].at("roomId"), "user:bob");
  EXPECT_EQ(notes(one)[0].at("seq"), 0);
  const Json sent =
      ask_for(boss, "chat:message:send", {{"room", "user:bob"}, {"content", "come, please"}});
  EXPECT_EQ(sent.at("data").at("matched"), 2) << sent;
  for (const std::size_t bob : {one, other}) {
    ASSERT_TRUE(hears(bob, "message:received"));
    ASSERT_TRUE(hears(bob, "chat:message:received"));
    const Json heard = events(bob, "chat:message:received")[0];
    EXPECT_EQ(heard.at("roomId"), "user:bob");
    EXPECT_EQ(heard.at("senderId"), "boss");
    EXPECT_EQ(heard.at("seq"), 0);
  }
  EXPECT_TRUE(events(stranger, "chat:message:received").empty());
  const Json refused = ask_for(boss, "chat:message:send",
                               {{"room", "user:bob"}, {"content", "read?"}, {"receipts", true}});
  EXPECT_EQ(refused.at("data").at("code"), "CLIENT_ERROR") << refused;
  const Json denied =
      ask_for(one, "chat:message:send", {{"room", "user:boss"}, {"content", "no right"}});
  EXPECT_EQ(denied.at("data").at("code"), "ROOM_ACCESS_DENIED") << denied;
}

// On whatever shards its connections are, as what it is.
TEST_P(UserRoutesSim, ABinaryMessageReachesAPersonalRoom) {
  start();
  authenticator_->results.emplace(
      "acme/boss", Identity{.user = "boss", .tenant = "acme", .type = UserType::supervisor});
  const std::size_t boss = connect_on(0, "acme/boss");
  std::vector<std::size_t> bobs;
  for (std::uint32_t on : {0U, 1U, 2U}) bobs.push_back(connect_on(on, "acme/bob"));
  const std::size_t stranger = connect_on(1, "other/bob");
  const auto voices = [this](std::size_t peer) {
    std::vector<std::string> all;
    for (const sim::RawClients::Frame& frame : clients_->frames(peer)) {
      if (frame.first == 0x82) all.push_back(frame.payload);
    }
    return all;
  };
  const auto speak = [&](std::size_t peer, std::string_view room, bool echo) {
    std::string message{1, 1, static_cast<char>(echo ? 1 : 0), static_cast<char>(room.size())};
    message.append(8, '\0').append(room).append("hello");
    const tests::Bytes frame = tests::frame({.opcode = 0x2}, message);
    clients_->send(peer, tests::text_of(frame));
  };
  speak(boss, "user:bob", false);
  for (const std::size_t bob : bobs) {
    ASSERT_TRUE(until([&] { return voices(bob).size() == 1; }));
    EXPECT_TRUE(
        voices(bob)[0].ends_with("user:bob\x04"
                                 "bosshello"))
        << voices(bob)[0];
  }
  const std::size_t other = connect_on(1, "acme/boss");
  speak(boss, "user:boss", false);
  ASSERT_TRUE(until([&] { return voices(other).size() == 1; }));
  speak(boss, "user:boss", true);
  ASSERT_TRUE(until([&] { return voices(other).size() == 2; }));
  run_for(milliseconds{10});
  EXPECT_EQ(voices(boss).size(), 1U);
  EXPECT_TRUE(voices(stranger).empty());
}

// From whatever shard, wherever the user is at home; others' ids and rooms are apart.
TEST_P(UserRoutesSim, ARetryToAPersonalRoomIsNotHeardAgain) {
  start();
  for (const char* name : {"acme/boss", "acme/chief"}) {
    authenticator_->results.emplace(name, Identity{.user = std::string(name).substr(5),
                                                   .tenant = "acme",
                                                   .type = UserType::supervisor});
  }
  const std::size_t bob = connect_on(1, "acme/bob");
  const std::size_t cem = connect_on(2, "acme/cem");
  const auto say_to = [&](std::size_t peer, const char* room) {
    return ask_for(peer, "chat:message:send", {{"room", room}, {"content", "x"}, {"id", "c1"}})
        .at("data");
  };
  const std::size_t boss = connect_on(0, "acme/boss");
  EXPECT_EQ(say_to(boss, "user:dan").at("matched"), 0);
  connect("acme/dan");
  EXPECT_EQ(say_to(boss, "user:dan").at("matched"), 1) << "it had got to nobody";
  const Json sent = say_to(boss, "user:bob");
  EXPECT_EQ(sent.at("matched"), 1);
  EXPECT_TRUE(sent.contains("id"));
  for (std::uint32_t on : {0U, 1U, 2U}) {
    const Json retried = say_to(connect_on(on, "acme/boss"), "user:bob");
    EXPECT_EQ(retried.at("duplicate"), true);
    EXPECT_EQ(retried.at("matched"), 0);
    EXPECT_EQ(retried.at("seq"), 0);
    EXPECT_FALSE(retried.contains("id"));
  }
  EXPECT_EQ(say_to(boss, "user:cem").at("duplicate"), false);
  EXPECT_EQ(say_to(connect("acme/chief"), "user:bob").at("duplicate"), false);
  ASSERT_TRUE(hears(bob, "chat:message:received", 2));
  run_for(milliseconds{10});
  EXPECT_EQ(events(bob, "chat:message:received").size(), 2U);
  EXPECT_EQ(events(cem, "chat:message:received").size(), 1U);
  run_for(base::kMessageIdsFor);
  EXPECT_EQ(say_to(connect("acme/boss"), "user:bob").at("duplicate"), false) << "forgotten by now";
}

TEST_P(UserRoutesSim, NobodyOfAnotherTenantIsMeant) {
  start();
  const std::size_t ann = connect("acme/ann");
  const std::size_t bob = connect("other/bob");
  EXPECT_EQ(send(ann, {{"user", "bob"}}).at("matched"), 0);
  EXPECT_EQ(send(ann, {{"connection", id_of(bob)}}).at("matched"), 0);
  const Json answer = ask_for(ann, "message:send", {{"tenant", "other"}, {"event", "note"}});
  EXPECT_EQ(answer.at("data").at("code"), "PERMISSION_DENIED");
  run_for(milliseconds{5});
  EXPECT_TRUE(notes(bob).empty());
}

// What nobody would hear is refused, and not acknowledged.
TEST_P(UserRoutesSim, WithoutTenantRoomsNobodySpeaksToOne) {
  options_.room_settings.tenant_room = false;
  start();
  authenticator_->results.emplace(
      "acme/boss", Identity{.user = "boss", .tenant = "acme", .type = UserType::supervisor});
  const std::size_t boss = connect("acme/boss");
  const std::size_t bob = connect("acme/bob");
  const auto code_of = [&](std::size_t peer, const char* event, const Json& data) {
    return ask_for(peer, event, data).at("data").value("code", "");
  };
  for (const std::size_t peer : {boss, bob}) {
    const bool may = peer == boss;
    EXPECT_EQ(code_of(peer, "message:send", {{"tenant", "acme"}, {"event", "note"}}),
              may ? "CLIENT_ERROR" : "PERMISSION_DENIED");
    EXPECT_EQ(code_of(peer, "message:send", {{"room", "tenant:acme"}, {"event", "note"}}),
              may ? "CLIENT_ERROR" : "ROOM_ACCESS_DENIED");
    EXPECT_EQ(code_of(peer, "chat:message:send", {{"room", "tenant:acme"}, {"content", "x"}}),
              may ? "CLIENT_ERROR" : "ROOM_ACCESS_DENIED");
  }
  EXPECT_EQ(send(boss, {{"user", "bob"}}).at("matched"), 1) << "others are reached all the same";
}

TEST_P(UserRoutesSim, TheMessagesOfOneToOneComeInTheirOrder) {
  start();
  const std::size_t ann = connect("acme/ann");
  std::vector<std::size_t> bobs;
  for (std::uint32_t on : {0U, 1U, 2U}) bobs.push_back(connect_on(on, "acme/bob"));
  constexpr int kMessages = 100;
  base::Prng prng(GetParam());
  for (int i = 0; i < kMessages; ++i) {
    say(ann, "message:send", {{"user", "bob"}, {"event", "note"}, {"data", i}});
    run_for(std::chrono::microseconds{prng.below(40)});
  }
  for (const std::size_t bob : bobs) {
    ASSERT_TRUE(hears(bob, "message:received", kMessages));
    for (int i = 0; i < kMessages; ++i)
      EXPECT_EQ(notes(bob)[static_cast<std::size_t>(i)].at("data"), i);
  }
}

// Each message is answered, whoever leaves meanwhile; and who stays gets all.
TEST_P(UserRoutesSim, CountsStayRightWhileConnectionsComeAndGo) {
  start();
  const std::size_t ann = connect("acme/ann");
  const std::size_t stays = connect("acme/bob");
  base::Prng prng(GetParam());
  std::vector<std::size_t> others;
  int sent = 0;
  for (int i = 0; i < 40; ++i) {
    if (prng.below(2) == 0) {
      others.push_back(ask("acme/bob"));
    } else if (!others.empty()) {
      clients_->close(others.back());
      others.pop_back();
    }
    say(ann, "message:send", {{"user", "bob"}, {"event", "note"}}, std::to_string(++sent));
    run_for(std::chrono::microseconds{prng.below(100)});
  }
  ASSERT_TRUE(hears(ann, "message:sent", static_cast<std::size_t>(sent)));
  for (const Json& each : events(ann, "message:sent")) {
    EXPECT_GE(each.at("matched"), 1);
    EXPECT_LE(each.at("matched"), 42);
  }
  EXPECT_TRUE(hears(stays, "message:received", static_cast<std::size_t>(sent)));
  for (const std::size_t other : others) clients_->close(other);
}

TEST_P(UserRoutesSim, ASenderThatLeavesOwesNothing) {
  start();
  const std::size_t bob = connect("acme/bob");
  for (int i = 0; i < 6; ++i) {
    const std::size_t ann = connect("acme/ann");
    say(ann, "message:send", {{"user", "bob"}, {"event", "note"}}, "1");
    run_for(std::chrono::microseconds{30 * i});
    close(ann);
  }
  run_for(milliseconds{10});
  EXPECT_EQ(sum([](GatewayShard& one) { return one.native().publishing().owed().size(); }), 0U);
  EXPECT_LE(notes(bob).size(), 6U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, UserRoutesSim, testing::Range<std::uint64_t>(1, 13));

}  // namespace
}  // namespace app
