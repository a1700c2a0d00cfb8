// Rooms as clients use them, over shards: joining, leaving, presence, history, coming back.
#include "app/rooms/room_events.h"

#include <gtest/gtest.h>

#include <bit>
#include <map>
#include <set>
#include <string>
#include <vector>

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

TEST_P(RoomEventsSim, WhoComesBackGetsWhatItMissed) {
  start();
  const std::size_t stays = connect("acme/stays");
  join(stays, "r");
  std::size_t ann = connect_on((home_of("r") + 1) % 3, "acme/ann");
  const Json joined = join(ann, "r");
  chat(stays, "1");
  ASSERT_TRUE(until([&] { return chats(ann).size() == 1; }));
  const int seen = events(ann, "chat:message:received").back().at("seq");
  close(ann);
  chat(stays, "2");
  chat(stays, "3");
  ann = connect_on(static_cast<std::uint32_t>(GetParam() % 3), "acme/ann");
  const Json back =
      ask_for(ann, "chat:room:join", {{"room", "r"}, {"epoch", joined.at("epoch")}, {"seq", seen}});
  EXPECT_EQ(back.at("data").at("recovered"), true);
  EXPECT_EQ(back.at("data").at("missed"), 2);
  chat(stays, "4");
  ASSERT_TRUE(until([&] { return chats(ann).size() == 3; }));
  EXPECT_EQ(chats(ann), (std::vector<std::string>{"2", "3", "4"}));
}

// In one turn all of it would be more than the send queue takes.
TEST_P(RoomEventsSim, RoomsResumedInOneBreathAreAllGiven) {
  constexpr std::size_t kRooms = 12;
  constexpr std::size_t kMissed = 5;
  options_.session.send_queue_bytes_max = 64 << 10;
  start();
  const std::size_t stays = connect("acme/stays");
  std::size_t ann = connect("acme/ann");
  std::vector<Json> positions;
  for (std::size_t r = 0; r < kRooms; ++r) {
    join(stays, "r" + std::to_string(r));
    positions.push_back(join(ann, "r" + std::to_string(r)));
  }
  close(ann);
  for (std::size_t i = 0; i < kRooms * kMissed; ++i) {
    ask_for(stays, "chat:message:send",
            {{"room", "r" + std::to_string(i % kRooms)}, {"content", std::string(3000, 'm')}});
  }
  ann = connect("acme/ann");
  for (std::size_t r = 0; r < kRooms; ++r) {
    say(ann, "chat:room:join",
        {{"room", "r" + std::to_string(r)},
         {"epoch", positions[r].at("epoch")},
         {"seq", positions[r].at("seq")}},
        "j" + std::to_string(r));
  }
  ASSERT_TRUE(until([&] { return chats(ann).size() == kRooms * kMissed; }));
  for (const Json& joined : events(ann, "chat:room:joined")) {
    EXPECT_EQ(joined.at("recovered"), true) << joined;
    EXPECT_GE(joined.at("missed"), kMissed) << joined;
  }
  EXPECT_EQ(close_code(ann), 0);
  EXPECT_EQ(
      sum([](GatewayShard& one) { return one.native().room_events().sessions_resuming(); }), 0U);
}

TEST_P(RoomEventsSim, WhatDoesNotFitIsSaidToBeMissingAndTheNewestAreGiven) {
  options_.session.send_queue_bytes_max = 32 << 10;
  start();
  const std::size_t stays = connect("acme/stays");
  join(stays, "r");
  std::size_t ann = connect("acme/ann");
  const Json joined = join(ann, "r");
  close(ann);
  for (int i = 0; i < 30; ++i) chat(stays, std::to_string(i) + std::string(2000, 'm'));
  ann = connect("acme/ann");
  const Json back =
      ask_for(ann, "chat:room:join",
              {{"room", "r"}, {"epoch", joined.at("epoch")}, {"seq", joined.at("seq")}});
  EXPECT_EQ(back.at("data").at("recovered"), false);
  const std::size_t missed = back.at("data").at("missed");
  EXPECT_GE(missed, 5U);
  EXPECT_LT(missed, 30U);
  ASSERT_TRUE(until([&] { return chats(ann).size() == missed; }));
  for (std::size_t i = 0; i < missed; ++i) {
    EXPECT_TRUE(chats(ann)[i].starts_with(std::to_string(30 - missed + i) + "m"));
  }
  EXPECT_EQ(events(ann, "chat:message:received").back().at("seq"), back.at("data").at("seq"));
  EXPECT_EQ(close_code(ann), 0);
  EXPECT_EQ(
      sum([](GatewayShard& one) { return one.native().context().counters.resumes_cut.value(); }),
      1U);
}

// As chat is: in its place among the room's messages, and in the history.
TEST_P(RoomEventsSim, WhatIsSentToARoomCanBeMissedAndIsHistory) {
  start();
  const std::size_t stays = connect("acme/stays");
  join(stays, "r");
  std::size_t ann = connect("acme/ann");
  const Json joined = join(ann, "r");
  close(ann);
  chat(stays, "1");
  const Json sent = ask_for(stays, "message:send", {{"room", "r"}, {"event", "e"}, {"data", 2}});
  EXPECT_GT(sent.at("data").at("seq"), 0) << sent;
  ann = connect("acme/ann");
  const Json back =
      ask_for(ann, "chat:room:join",
              {{"room", "r"}, {"epoch", joined.at("epoch")}, {"seq", joined.at("seq")}});
  EXPECT_EQ(back.at("data").at("recovered"), true);
  EXPECT_EQ(back.at("data").at("missed"), 2);
  ASSERT_TRUE(hears(ann, "message:received"));
  const Json heard = data(ann, "message:received");
  EXPECT_EQ(heard.at("roomId"), "r");
  EXPECT_EQ(heard.at("seq"), sent.at("data").at("seq"));
  EXPECT_EQ(heard.at("data"), 2);
  EXPECT_EQ(heard, data(stays, "message:received"));
  const Json page = ask_for(ann, "chat:room:history", {{"room", "r"}}).at("data").at("messages");
  ASSERT_EQ(page.size(), 2U) << page;
  EXPECT_EQ(page[1].at("event"), "message:received");
  EXPECT_EQ(page[1].at("data"), heard);
}

// Comings and goings have numbers, too: the first message of all is not taken for a gap.
TEST_P(RoomEventsSim, TheFirstMessageOfARoomCanBeMissed) {
  start();
  const std::size_t stays = connect("acme/stays");
  join(stays, "r");
  std::size_t ann = connect("acme/ann");
  const Json joined = join(ann, "r");
  close(ann);
  run_for(milliseconds{2});
  chat(stays, "first");
  ann = connect("acme/ann");
  const Json back =
      ask_for(ann, "chat:room:join",
              {{"room", "r"}, {"epoch", joined.at("epoch")}, {"seq", joined.at("seq")}});
  EXPECT_EQ(back.at("data").at("recovered"), true);
  ASSERT_TRUE(until([&] { return chats(ann).size() == 1; }));
}

TEST_P(RoomEventsSim, AnotherEpochIsSaidToBeLost) {
  start();
  const std::size_t ann = connect("acme/ann");
  chat(ann, "before");
  const Json back = ask_for(ann, "chat:room:join", {{"room", "r"}, {"epoch", "abc"}, {"seq", 0}});
  EXPECT_EQ(back.at("data").at("recovered"), false);
  EXPECT_EQ(back.at("data").at("missed"), 0);
}

TEST_P(RoomEventsSim, WhatIsNoEpochIsAClientError) {
  start();
  const std::size_t ann = connect("acme/ann");
  for (const char* epoch : {"", "zz", "0x1", "01", "1F", "10000000000000000"}) {
    const Json said = ask_for(ann, "chat:room:join", {{"room", "r"}, {"epoch", epoch}, {"seq", 0}});
    EXPECT_EQ(said.at("event"), "error") << epoch;
    EXPECT_EQ(said.at("data").at("code"), "CLIENT_ERROR") << epoch;
  }
  const Json rooms = ask_for(ann, "chat:room:list", Json::object()).at("data").at("rooms");
  EXPECT_EQ(rooms.size(), 1U) << rooms << " are more than its tenant's";
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
  for (const char* wrong : {"9.0", "0.99999", "4294967295.4294967295", "x", "-1.0", "0"}) {
    const Json page = ask_for(ann, "chat:room:presence", {{"room", "r"}, {"cursor", wrong}});
    EXPECT_EQ(page.at("event"), "chat:room:presence") << wrong;
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
