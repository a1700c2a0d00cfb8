// What rooms remember: histories, members that come back, retries, and publishing by name.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/bytes.h"
#include "tests/sim/hand_test.h"

namespace sim {
namespace {

using engine::kNobody;
using engine::PublishAnswer;
using engine::PublishOptions;
using engine::ResumePosition;
using engine::RoomHandle;
using engine::SessionId;
using protocol::Opcode;
using Recovered = ScriptedShard::Recovered;

constexpr std::uint32_t kRemembered = 10;

class RoomHistories : public HandTest {
 protected:
  struct Member {
    std::size_t peer = 0;
    std::size_t shard = 0;
    SessionId session{};
  };

  void start_with_history(std::uint32_t shards = 1,
                          engine::HistoryOptions history = {.messages_per_room = kRemembered}) {
    engine::RoomOptions options;
    options.history = history;
    options.epoch = 77;
    start({}, shards, 100'000, options);
  }

  Member connect() {
    std::vector<std::size_t> before;
    for (const ScriptedShard* one : factory_->made) before.push_back(one->opened.size());
    Member member{.peer = open_peer()};
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (shard(i).opened.size() == before[i]) continue;
      member.shard = i;
      member.session = shard(i).opened.back();
    }
    return member;
  }
  // One on a given shard.
  Member connect_on(std::size_t number) {
    while (true) {
      const Member member = connect();
      if (member.shard == number) return member;
    }
  }
  RoomHandle join(const Member& member, std::string_view name) {
    const std::size_t joined = shard(member.shard).joined.size();
    engine::JoinResult result{};
    in_turn([&] { result = rooms(member.shard).join(member.session, name, true); }, member.shard);
    if (result.status == engine::JoinResult::Status::pending) {
      EXPECT_TRUE(until([&] { return shard(member.shard).joined.size() > joined; }));
    }
    return result.room;
  }
  const Recovered& recover(const Member& member, std::string_view name,
                           const ResumePosition& from) {
    const std::size_t before = shard(member.shard).recovered.size();
    in_turn([&] { rooms(member.shard).recover(member.session, name, true, from); }, member.shard);
    EXPECT_TRUE(until([&] { return shard(member.shard).recovered.size() > before; }));
    return shard(member.shard).recovered.back();
  }
  void say(std::size_t from_shard, std::string_view name, std::string_view text,
           PublishOptions how = {.keep = true}, SessionId publisher = kNobody) {
    in_turn(
        [&] {
          rooms(from_shard).publish_to(name, publisher, Opcode::text, base::as_bytes(text), how);
        },
        from_shard);
  }
  PublishAnswer ask(std::size_t from_shard, std::string_view name, std::string_view text,
                    PublishOptions how) {
    how.ticket = ++ticket_;
    say(from_shard, name, text, how);
    const auto& published = shard(from_shard).published;
    EXPECT_TRUE(until([&] { return !published.empty() && published.back().ticket == ticket_; }));
    return published.back().answer;
  }
  ResumePosition position(const Member& member, RoomHandle room) {
    return rooms(member.shard).position(*rooms(member.shard).find(room));
  }
  std::size_t home_of(std::string_view name) { return rooms().home_of(name); }

  std::uint64_t ticket_ = 0;
};

class RoomHistoriesOverShards : public RoomHistories,
                                public testing::WithParamInterface<std::uint32_t> {};

TEST_P(RoomHistoriesOverShards, AMemberThatComesBackGetsWhatItMissed) {
  start_with_history(GetParam());
  const Member stays = connect();
  const Member leaves = connect_on(GetParam() > 1 ? (home_of("r") + 1) % GetParam() : 0);
  join(stays, "r");
  const RoomHandle room = join(leaves, "r");
  say(0, "r", "one");
  ASSERT_TRUE(awaits_frames(leaves.peer, 1));
  const ResumePosition before = position(leaves, room);
  EXPECT_EQ(before.number, 1U);
  in_turn([&] { rooms(leaves.shard).leave(leaves.session, room); }, leaves.shard);
  say(0, "r", "two");
  say(0, "r", "not kept", {});
  say(0, "r", "four");
  ASSERT_TRUE(awaits_frames(stays.peer, 4));
  const Recovered& missed = recover(leaves, "r", before);
  EXPECT_TRUE(missed.complete);
  EXPECT_EQ(missed.texts, (std::vector<std::string>{"two", "four"}));
  EXPECT_EQ(missed.numbers, (std::vector<std::uint64_t>{2, 4}));
  EXPECT_EQ(missed.now.number, 4U);
  EXPECT_EQ(missed.now.epoch, before.epoch);
  say(0, "r", "five");
  ASSERT_TRUE(awaits_frames(leaves.peer, 2));
  EXPECT_EQ(heard(leaves.peer, 1), "1 five");
}

INSTANTIATE_TEST_SUITE_P(One, RoomHistoriesOverShards, testing::Values(1U));
INSTANTIATE_TEST_SUITE_P(Three, RoomHistoriesOverShards, testing::Values(3U));

TEST_F(RoomHistories, RecoveryAmidMessagesHasNeitherAGapNorADouble) {
  start_with_history(3, {.messages_per_room = 1000});
  const Member one = connect_on((home_of("r") + 1) % 3);
  const ResumePosition start = position(one, join(one, "r"));
  constexpr std::uint64_t kRounds = 60;
  constexpr std::uint32_t kSpaces = base::kNumberTextBytes;
  for (std::uint64_t i = 0; i < kRounds; ++i) {
    const std::string text(kSpaces, ' ');
    const PublishOptions how{.number_at = 0, .keep = true};
    in_turn(
        [&] {
          rooms(i % 3).publish_to("r", kNobody, Opcode::text, base::as_bytes(text), how);
          rooms(i % 3).publish_to("r", kNobody, Opcode::text, base::as_bytes(text), how);
        },
        i % 3);
    if (i % 6 != 5) continue;
    // One that was there from the start in its mind comes in now.
    const Member late = connect_on((home_of("r") + i) % 3);
    std::size_t before = shard(late.shard).recovered.size();
    in_turn([&] { rooms(late.shard).recover(late.session, "r", true, start); }, late.shard);
    in_turn([&] { rooms(0).publish_to("r", kNobody, Opcode::text, base::as_bytes(text), how); });
    ASSERT_TRUE(until([&] { return shard(late.shard).recovered.size() > before; }));
    const Recovered missed = shard(late.shard).recovered[before];
    EXPECT_TRUE(missed.complete);
    pass(milliseconds{20});
    std::uint64_t expected = 1;
    for (const std::uint64_t number : missed.numbers) ASSERT_EQ(number, expected++);
    for (const auto& frame : clients_.frames(late.peer)) {
      ASSERT_EQ(std::stoull(frame.payload), expected++);
    }
    EXPECT_EQ(expected - 1, 2 * (i + 1) + (i + 1) / 6);
  }
}

TEST_F(RoomHistories, WhatIsForgottenIsToldToBeMissing) {
  start_with_history(2);
  const Member one = connect_on(1 - home_of("r"));
  const ResumePosition start = position(one, join(one, "r"));
  for (std::uint32_t i = 0; i < kRemembered + 1; ++i) say(0, "r", std::to_string(i));
  ASSERT_TRUE(awaits_frames(one.peer, kRemembered + 1));
  const Recovered all = recover(connect(), "r", start);
  EXPECT_FALSE(all.complete);
  EXPECT_EQ(all.numbers.size(), kRemembered);
  EXPECT_EQ(all.numbers.front(), 2U);
  EXPECT_TRUE(recover(connect(), "r", {.epoch = start.epoch, .number = 1}).complete);
  // Another life of the room, and a number that it has not come to.
  EXPECT_FALSE(recover(connect(), "r", {.epoch = start.epoch + 1, .number = 5}).complete);
  EXPECT_FALSE(recover(connect(), "r", {.epoch = start.epoch, .number = 1000}).complete);
  // A room where nothing was to be kept: of that nothing is missing.
  join(one, "s");
  say(0, "s", "x", {});
  ASSERT_TRUE(awaits_frames(one.peer, kRemembered + 2));
  const ResumePosition now = recover(connect(), "s", {}).now;
  EXPECT_EQ(now.number, 1U);
  EXPECT_TRUE(recover(connect(), "s", now).complete);
  EXPECT_TRUE(recover(connect(), "s", {.epoch = now.epoch, .number = 0}).complete);
}

TEST_F(RoomHistories, EndWithTheirTimeAndTheirRoomWithThem) {
  start_with_history(1, {.messages_per_room = 100, .keep_for = seconds{10}});
  say(0, "r", "one");
  pass(seconds{6});
  say(0, "r", "two");
  EXPECT_EQ(rooms().history_counters().messages.value(), 2U);
  ASSERT_NE(rooms().home_room("r"), nullptr);
  pass(seconds{5});
  ASSERT_NE(rooms().home_room("r"), nullptr);
  EXPECT_EQ(rooms().home_room("r")->history->first(), 2U);
  pass(seconds{6});
  EXPECT_EQ(rooms().home_room("r"), nullptr);
  EXPECT_EQ(rooms().history_counters().bytes.value(), 0U);
  EXPECT_EQ(rooms().history_counters().messages.value(), 0U);
  EXPECT_EQ(rooms().history_counters().forgotten_by_age.value(), 2U);
}

TEST_F(RoomHistories, KeepTheirBoundsInBytes) {
  start_with_history(1, {.messages_per_room = 100, .bytes_per_room = 1000, .bytes_total = 2500});
  const std::string text(300, 'x');
  for (int i = 0; i < 5; ++i) say(0, "a", text);
  EXPECT_EQ(rooms().home_room("a")->history->size(), 3U);
  EXPECT_EQ(rooms().history_counters().forgotten_by_room.value(), 2U);
  for (int i = 0; i < 3; ++i) say(0, "b", text);
  for (int i = 0; i < 3; ++i) say(0, "c", text);
  EXPECT_EQ(rooms().history_counters().forgotten_by_total.value(), 1U);
  EXPECT_EQ(rooms().home_room("a")->history->size(), 2U);
  EXPECT_EQ(rooms().history_counters().bytes.value(), 2400U);
  // One message is kept however large it is, and the rest goes for it.
  say(0, "d", std::string(5000, 'x'));
  EXPECT_EQ(rooms().history_counters().messages.value(), 1U);
  EXPECT_EQ(rooms().home_room("a"), nullptr);
}

TEST_F(RoomHistories, ARetryIsTheSameMessage) {
  start_with_history(3);
  const Member one = connect();
  join(one, "r");
  join(one, "s");
  const PublishOptions how{.id = "user/1", .keep = true};
  const PublishAnswer first = ask(0, "r", "hello", how);
  EXPECT_EQ(first.number, 1U);
  EXPECT_EQ(first.members.queued, 1U);
  EXPECT_FALSE(first.duplicate);
  for (const std::size_t from : {1U, 2U, 0U}) {
    const PublishAnswer again = ask(from, "r", "hello again", how);
    EXPECT_EQ(again.number, 1U);
    EXPECT_TRUE(again.duplicate);
    EXPECT_EQ(again.members.matched(), 0U);
  }
  EXPECT_FALSE(ask(0, "s", "elsewhere", how).duplicate);
  EXPECT_FALSE(ask(0, "r", "another", {.id = "user/2"}).duplicate);
  ASSERT_TRUE(awaits_frames(one.peer, 3));
  EXPECT_EQ(heard(one.peer, 0), "1 hello");
  EXPECT_EQ(clients_.frames(one.peer).size(), 3U);
  pass(base::kMessageIdsFor + seconds{1});
  EXPECT_FALSE(ask(0, "r", "much later", how).duplicate);
}

TEST_F(RoomHistories, PublishingByNameNeedsNoMember) {
  start_with_history(2);
  EXPECT_EQ(ask(0, "r", "to nobody", {}).number, 0U);
  EXPECT_EQ(ask(1, "r", "kept for somebody", {.keep = true}).number, 1U);
  const Member one = connect();
  join(one, "r");
  const Member other = connect();
  // A publisher that is a member elsewhere, or of nothing, and is not to hear itself.
  in_turn(
      [&] {
        rooms(one.shard).publish_to("r", one.session, Opcode::text, base::as_bytes("mine"),
                                    {.echo = false});
        rooms(one.shard).publish_to("r", one.session, Opcode::text, base::as_bytes("ours"));
      },
      one.shard);
  say(other.shard, "r", "theirs", {}, other.session);
  ASSERT_TRUE(awaits_frames(one.peer, 2));
  EXPECT_EQ(heard(one.peer, 0), "1 ours");
  EXPECT_EQ(heard(one.peer, 1), "1 theirs");
}

TEST_F(RoomHistories, AMessageHoldsItsNumber) {
  start_with_history(2);
  const Member here = connect_on(home_of("r"));
  const Member there = connect_on(1 - home_of("r"));
  const ResumePosition start = position(here, join(here, "r"));
  join(there, "r");
  const std::string text = R"({"seq":)" + std::string(base::kNumberTextBytes, ' ') + "}";
  for (int i = 0; i < 12; ++i) say(1, "r", text, {.number_at = 7, .keep = true});
  for (const Member& member : {here, there}) {
    ASSERT_TRUE(awaits_frames(member.peer, 12));
    EXPECT_EQ(heard(member.peer, 0), R"(1 {"seq":                   1})");
    EXPECT_EQ(heard(member.peer, 11), R"(1 {"seq":                  12})");
  }
  EXPECT_EQ(recover(connect(), "r", {.epoch = start.epoch, .number = 11}).texts.front(),
            R"({"seq":                  12})");
}

// What it has of that room then, nobody knows.
TEST_F(RoomHistories, WhoIsClosedWhileItIsGivenWhatItMissedIsToldOfNoNumber) {
  start_with_history();
  join(connect(), "r");
  say(0, "r", "1", {.keep = true});
  const Member one = connect();
  shard(0).recover = [&](SessionId session) {
    const std::string large(64 << 10, 'x');
    while (shard(0).sessions().send(session, Opcode::text, base::as_bytes(large)) ==
           engine::SendResult::queued) {
    }
  };
  in_turn([&] { rooms(0).recover(one.session, "r", true, {}); }, 0);
  ASSERT_TRUE(until([&] { return !shard(0).closes.empty(); }, seconds{20}));
  EXPECT_EQ(clients_.frames(one.peer).back().payload.substr(2), "send queue full");
}

// Members of a room that it shares with nobody must go while one waits for what it missed.
TEST_F(RoomHistories, WhoLeavesWhileItWaitsIsNotServed) {
  start_with_history(2);
  const std::size_t away = 1 - home_of("r");
  const Member one = connect_on(away);
  in_turn([&] { rooms(away).recover(one.session, "r", true, {}); }, away);
  RoomHandle room{};
  in_turn([&] { room = rooms(away).find("r"); }, away);
  if (room) in_turn([&] { rooms(away).leave(one.session, room); }, away);
  const Member two = connect_on(away);
  in_turn([&] { rooms(away).recover(two.session, "r", true, {}); }, away);
  clients_.close(two.peer);
  pass(seconds{1});
  EXPECT_FALSE(rooms(away).find("r"));
  EXPECT_EQ(rooms(home_of("r")).homes().size(), 0U);
}

}  // namespace
}  // namespace sim
