// Rooms as clients use them, over shards: joining, leaving, presence, history.
#include "app/rooms/room_events.h"

#include <gtest/gtest.h>

#include <bit>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "app/clients/client_context.h"
#include "app/gateway_limits.h"
#include "app/rooms/room_names.h"
#include "base/bytes.h"
#include "tests/app/rooms/room_sim.h"

namespace app {
namespace {

class RoomEventsSim : public RoomSim {
 protected:
  std::vector<std::string> told(std::size_t peer, std::string_view user) {
    std::vector<std::string> all;
    for (const Json& each : events(peer, "chat:room:member")) {
      if (each.at("userId") == user) all.push_back(each.at("action"));
    }
    return all;
  }
};

TEST_P(RoomEventsSim, ComingAndGoingIsToldHoweverItHappens) {
  start();
  const std::size_t stays = connect("acme/stays");
  join(stays, "r");
  const std::size_t leaves = connect("acme/leaves");
  const std::size_t closes = connect("acme/closes");
  const std::size_t aborted = connect("acme/aborted");
  for (const std::size_t peer : {leaves, closes, aborted}) join(peer, "r");
  ask_for(leaves, "chat:room:leave", {{"room", "r"}});
  clients_->send(closes, tests::text_of(tests::frame({.opcode = 0x8}, "\x03\xE8")));
  const auto id = *parse_connection_id(id_of(aborted));
  on_shard(id.shard, [&](NativeGateway& gateway) { gateway.context().sessions.abort(id.session); });
  for (const char* user : {"leaves", "closes", "aborted"}) {
    EXPECT_TRUE(until([&] { return told(stays, user).size() == 2; })) << user;
    EXPECT_EQ(told(stays, user), (std::vector<std::string>{"joined", "left"})) << user;
  }
  EXPECT_TRUE(told(stays, "stays").empty());
}

TEST_P(RoomEventsSim, EachRequestHasOneAnswer) {
  start();
  const std::size_t peer = connect("acme/ann");
  for (int i = 0; i < 5; ++i) say(peer, "chat:room:join", {{"room", "r"}}, std::to_string(i));
  const auto answers = [&] {
    return events(peer, "chat:room:joined").size() + events(peer, "error").size();
  };
  EXPECT_TRUE(until([&] { return answers() == 5; }));
  std::set<std::string> ids;
  for (const Json& each : events(peer)) {
    if (each.contains("requestId")) ids.insert(each.at("requestId").get<std::string>());
  }
  EXPECT_EQ(ids.size(), 5U);
  EXPECT_GE(events(peer, "chat:room:joined").size(), 1U);
}

// Also while the room's home is still asked, wherever that is.
TEST_P(RoomEventsSim, WhatIsAskedOfARoomIsDoneInItsOrder) {
  start();
  const std::size_t stays = connect("acme/stays");
  for (std::uint32_t number = 0; number < options_.shards; ++number) {
    for (const bool again : {false, true}) {
      const std::string user = "u" + std::to_string(number) + (again ? "again" : "");
      const std::string room = "r-" + user;
      join(stays, room);
      const std::size_t peer = connect_on(number, "acme/" + user);
      say(peer, "chat:room:join", {{"room", room}}, "0");
      say(peer, "chat:room:leave", {{"room", room}}, "1");
      if (again) {
        say(peer, "chat:room:join", {{"room", room}, {"epoch", "1"}, {"seq", 0}}, "2");
        say(peer, "chat:room:join", {{"room", room}}, "3");
      } else {
        say(peer, "chat:room:leave", {{"room", room}}, "2");
      }
      const std::vector<std::string> expected =
          again ? std::vector<std::string>{"chat:room:joined", "chat:room:left", "chat:room:joined",
                                           "chat:room:joined"}
                : std::vector<std::string>{"chat:room:joined", "chat:room:left", "error"};
      const auto answers = [&] {
        std::vector<std::string> names;
        for (const Json& each : events(peer)) {
          if (each.value("requestId", "") != std::to_string(names.size())) continue;
          names.push_back(each.at("event"));
        }
        return names;
      };
      EXPECT_TRUE(until([&] { return answers().size() == expected.size(); })) << user;
      EXPECT_EQ(answers(), expected) << user;
      const std::string listed =
          ask_for(peer, "chat:room:list", Json::object()).at("data").at("rooms").dump();
      EXPECT_EQ(listed.find(room) != std::string::npos, again) << listed;
      EXPECT_EQ(client_of(peer)->rooms, again ? 1U : 0U);
      close(peer);
      const auto pairs = [&] { return told(stays, user).size() == (again ? 4U : 2U); };
      EXPECT_TRUE(until(pairs)) << user;
      run_for(milliseconds{2});
      EXPECT_TRUE(pairs()) << user;
    }
  }
}

TEST_P(RoomEventsSim, WhatWaitsForAJoinIsBounded) {
  options_.limits.errors_per_minute = 0;
  start();
  const std::size_t ann = connect_on((home_of("r") + 1) % 3, "acme/ann");
  const ConnectionId id = *parse_connection_id(id_of(ann));
  constexpr std::size_t kAsked = 2 * (kRoomStepsMost + 3);
  on_shard(id.shard, [&](NativeGateway& gateway) {
    for (std::size_t i = 0; i < kAsked; ++i) {
      const char* event = i % 2 == 0 ? "chat:room:join" : "chat:room:leave";
      std::string text =
          Json{{"event", event}, {"requestId", std::to_string(i)}, {"data", {{"room", "r"}}}}
              .dump();
      gateway.on_message(id.session, protocol::Opcode::text,
                         std::as_writable_bytes(std::span(text)));
    }
  });
  const auto answers = [&] {
    std::size_t count = 0;
    for (const Json& each : events(ann)) count += each.contains("requestId") ? 1U : 0U;
    return count;
  };
  EXPECT_TRUE(until([&] { return answers() == kAsked; }));
  EXPECT_EQ(events(ann, "error").size(), kAsked - 1 - kRoomStepsMost);
}

// What a backend says of a room that is being joined is done in its order, too.
TEST_P(RoomEventsSim, ABackendsWordAboutARoomThatIsBeingJoinedHolds) {
  start();
  const std::size_t ann = connect_on((home_of("r") + 1) % 3, "acme/ann");
  const ConnectionId id = *parse_connection_id(id_of(ann));
  on_shard(id.shard, [&](NativeGateway& gateway) {
    const ClientHandle who = as_client(gateway.context().sessions.context(id.session));
    EXPECT_TRUE(gateway.room_events().subscribe(who, "r"));
    EXPECT_TRUE(gateway.room_events().unsubscribe(who, "r"));
    EXPECT_FALSE(gateway.room_events().unsubscribe(who, "r"));
  });
  ASSERT_TRUE(hears(ann, "chat:room:left"));
  EXPECT_EQ(data(ann, "chat:room:left").at("reason"), "removed");
  EXPECT_EQ(client_of(ann)->rooms, 0U);
  on_shard(id.shard, [&](NativeGateway& gateway) {
    const ClientHandle who = as_client(gateway.context().sessions.context(id.session));
    EXPECT_TRUE(gateway.room_events().subscribe(who, "r"));
    EXPECT_TRUE(gateway.room_events().unsubscribe(who, "r"));
    EXPECT_TRUE(gateway.room_events().subscribe(who, "r"));
  });
  ASSERT_TRUE(hears(ann, "chat:room:joined", 3));
  EXPECT_EQ(client_of(ann)->rooms, 1U);
  EXPECT_EQ(gateway(id.shard).room_events().memberships_given(), 1U);
}

TEST_P(RoomEventsSim, AJoinWaitsForNobodyWhoHasLeft) {
  start();
  base::Prng prng(GetParam());
  for (int i = 0; i < 12; ++i) {
    const std::size_t peer = connect("acme/ann");
    const std::string room = "r" + std::to_string(i);
    if (i % 2 == 0) {
      say(peer, "chat:room:join", {{"room", room}});
    } else {
      say(peer, "chat:room:join", {{"room", room}, {"epoch", "1"}, {"seq", 0}});
    }
    run_for(std::chrono::microseconds{prng.below(60)});
    const auto id = *parse_connection_id(id_of(peer));
    on_shard(id.shard,
             [&](NativeGateway& gateway) { gateway.context().sessions.abort(id.session); });
    ASSERT_TRUE(until([&] { return clients_known() == 0; }));
  }
  run_for(milliseconds{10});
  EXPECT_EQ(sum([](GatewayShard& one) { return one.native().room_events().joins_waiting(); }), 0U);
}

TEST_P(RoomEventsSim, PagesOfPresenceNameEveryoneOnce) {
  start();
  constexpr std::size_t kMembers = 20;
  for (std::size_t i = 0; i < kMembers; ++i) join(connect("acme/u" + std::to_string(i)), "r");
  const std::size_t ann = connect("acme/ann");
  std::set<std::string> seen;
  Json cursor;
  std::size_t pages = 0;
  do {
    Json query{{"room", "r"}, {"limit", 3}};
    if (!cursor.is_null()) query["cursor"] = cursor;
    const Json page = ask_for(ann, "chat:room:presence", query).at("data");
    EXPECT_EQ(page.at("count"), kMembers);
    EXPECT_LE(page.at("members").size(), 3U);
    for (const Json& each : page.at("members")) {
      EXPECT_TRUE(seen.insert(each.at("connectionId")).second);
    }
    cursor = page.at("next");
    ASSERT_LT(++pages, 20U);
  } while (!cursor.is_null());
  EXPECT_EQ(seen.size(), kMembers);
}

TEST_P(RoomEventsSim, PagesEndWhileMembersComeAndGo) {
  start();
  std::vector<std::size_t> peers;
  for (int i = 0; i < 12; ++i) {
    peers.push_back(connect("acme/u" + std::to_string(i)));
    join(peers.back(), "r");
  }
  const std::size_t ann = connect("acme/ann");
  base::Prng prng(GetParam());
  Json cursor;
  std::size_t pages = 0;
  do {
    Json query{{"room", "r"}, {"limit", 2}};
    if (!cursor.is_null()) query["cursor"] = cursor;
    say(ann, "chat:room:presence", query, "p" + std::to_string(pages));
    const std::size_t one = peers[prng.below(peers.size())];
    say(one, prng.below(2) == 0 ? "chat:room:leave" : "chat:room:join", {{"room", "r"}});
    ASSERT_TRUE(hears(ann, "chat:room:presence", ++pages));
    cursor = data(ann, "chat:room:presence").at("next");
    ASSERT_LT(pages, 40U);
  } while (!cursor.is_null());
  for (const char* beyond : {"9.0", "0.99999", "4294967295.4294967295", ""}) {
    const Json page = ask_for(ann, "chat:room:presence", {{"room", "r"}, {"cursor", beyond}});
    EXPECT_EQ(page.at("event"), "chat:room:presence") << beyond;
  }
  for (const char* wrong : {"x", "-1.0", "0", "0.", "9-9"}) {
    const Json page = ask_for(ann, "chat:room:presence", {{"room", "r"}, {"cursor", wrong}});
    EXPECT_EQ(page.at("data").value("code", ""), "CLIENT_ERROR") << wrong;
  }
}

TEST_P(RoomEventsSim, HistoryIsReadByPages) {
  start();
  const std::size_t ann = connect("acme/ann");
  for (int i = 0; i < 7; ++i) chat(ann, std::to_string(i));
  std::vector<std::string> texts;
  std::uint64_t after = 0;
  while (true) {
    const Json page =
        ask_for(ann, "chat:room:history", {{"room", "r"}, {"after", after}, {"limit", 3}})
            .at("data");
    if (page.at("messages").empty()) break;
    for (const Json& each : page.at("messages")) {
      texts.push_back(each.at("data").at("content"));
      after = each.at("data").at("seq");
    }
  }
  EXPECT_EQ(texts, (std::vector<std::string>{"0", "1", "2", "3", "4", "5", "6"}));
}

TEST_P(RoomEventsSim, AnEventLongerThanAPageIsAPage) {
  options_.limits.message_bytes = 2 << 20;
  options_.room_settings.history_bytes = 8 << 20;
  start();
  const std::size_t ann = connect("acme/ann");
  on_shard(home_of("r"), [](NativeGateway& gateway) {
    std::string name;
    set_engine_name(name, "r", "acme");
    for (const char letter : {'a', 'b'}) {
      const std::string text =
          R"({"event":"e","data":")" + std::string(kHistoryPageBytesMax + 1, letter) + R"("})";
      gateway.context().rooms.publish_to(name, engine::kNobody, protocol::Opcode::text,
                                         base::as_bytes(text), {.keep = true});
    }
  });
  for (int after = 0; after < 2; ++after) {
    const Json page =
        ask_for(ann, "chat:room:history", {{"room", "r"}, {"after", after}}).at("data");
    ASSERT_EQ(page.at("messages").size(), 1U) << after;
    EXPECT_EQ(page.at("messages")[0].at("data").get<std::string>()[0], after == 0 ? 'a' : 'b');
  }
}

TEST_P(RoomEventsSim, WhereAShardTakesNoMoreTheClientIsToldSo) {
  start();
  const std::size_t ann = connect("acme/ann");
  const auto id = *parse_connection_id(id_of(ann));
  for (const char* event : {"chat:room:history", "chat:room:presence"}) {
    const std::uint32_t asked = std::string_view(event) == "chat:room:history" ? home_of("r") : 0;
    on_shard(id.shard, [&](NativeGateway& gateway) {
      while (services_->posts.post(asked, [](NativeGateway&) {})) {
      }
      std::string text = Json{{"event", event}, {"data", {{"room", "r"}}}}.dump();
      gateway.on_message(id.session, protocol::Opcode::text,
                         std::as_writable_bytes(std::span(text)));
    });
    ASSERT_TRUE(hears(ann, "error")) << event;
    EXPECT_EQ(data(ann, "error").at("code"), "SERVER_ERROR") << event;
    // Once that is done it takes some again.
    EXPECT_TRUE(until([&] { return ask_for(ann, event, {{"room", "r"}}).at("event") == event; }));
  }
}

TEST_P(RoomEventsSim, ReservedRoomsAreNotJoinedByAsking) {
  start();
  const std::size_t ann = connect("acme/ann");
  for (const char* room : {"user:ann", "user:bob", "tenant:acme", "tenant:other"}) {
    EXPECT_EQ(ask_for(ann, "chat:room:join", {{"room", room}}).at("event"), "error") << room;
    EXPECT_EQ(ask_for(ann, "chat:room:leave", {{"room", room}}).at("event"), "error") << room;
  }
  EXPECT_EQ(ask_for(ann, "chat:room:join", {{"room", "everybody\x01"}}).at("event"), "error");
}

TEST_P(RoomEventsSim, APersonalRoomIsListedAndHasNoPresence) {
  start();
  const std::size_t ann = connect("acme/ann");
  const Json rooms = ask_for(ann, "chat:room:list", Json::object()).at("data").at("rooms");
  ASSERT_EQ(rooms.size(), 2U) << rooms;
  EXPECT_EQ(rooms[0].dump(), R"({"roomId":"user:ann"})");
  const Json answer = ask_for(ann, "chat:room:presence", {{"room", "user:ann"}});
  EXPECT_EQ(answer.at("data").value("code", ""), "CLIENT_ERROR") << answer;
  const auto is_in = [&](std::string_view room) {
    const ConnectionId id = *parse_connection_id(id_of(ann));
    return gateway(id.shard).context().is_in_room(*client_of(ann), room);
  };
  EXPECT_TRUE(is_in("user:ann"));
  EXPECT_FALSE(is_in("user:bob"));
}

// Counted as members come and go, and right at every moment.
TEST_P(RoomEventsSim, RoomsAreCountedByTheirSize) {
  start();
  const auto of_size = [&](std::size_t octave) {
    return sum(
        [&](GatewayShard& one) { return one.room_counters().rooms_of_size[octave].value(); });
  };
  const auto all = [&] {
    std::uint64_t rooms = 0;
    for (std::size_t i = 0; i < base::kRoomSizeOctaves; ++i) rooms += of_size(i);
    return rooms;
  };
  const auto expected = [&] {
    std::map<std::size_t, std::uint64_t> sizes;
    for (GatewayShard* one : factory_->made) {
      for (const auto& [members, name] : one->native().context().rooms.largest(1000)) {
        if (members > 0) ++sizes[static_cast<std::size_t>(std::bit_width(members))];
      }
    }
    return sizes;
  };
  std::vector<std::size_t> peers;
  for (int i = 0; i < 12; ++i) {
    peers.push_back(connect("acme/ann"));
    join(peers.back(), "r");
    if (i % 3 == 0) join(peers.back(), "q" + std::to_string(i));
  }
  for (int i = 0; i < 12; ++i) {
    std::uint64_t rooms = 0;
    for (const auto& [octave, count] : expected()) {
      EXPECT_EQ(of_size(octave), count) << octave;
      rooms += count;
    }
    EXPECT_EQ(all(), rooms);
    close(peers[static_cast<std::size_t>(i)]);
  }
  EXPECT_EQ(all(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RoomEventsSim, testing::Range<std::uint64_t>(1, 13));

}  // namespace
}  // namespace app
