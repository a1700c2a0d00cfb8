// What publishers are told of their messages, every part played by hand.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/bytes.h"
#include "tests/sim/hand_test.h"

namespace sim {
namespace {

using engine::PublishAnswer;
using engine::RoomHandle;
using engine::SessionId;
using protocol::Opcode;

constexpr std::size_t kLargeBytes = 4000;

class RoomAnswers : public HandTest {
 protected:
  struct Member {
    std::size_t peer = 0;
    std::size_t shard = 0;
    SessionId session{};
    RoomHandle room{};
  };

  Member enter(std::string_view room, bool echo = true, bool reading = true) {
    std::vector<std::size_t> before;
    for (const ScriptedShard* one : factory_->made) before.push_back(one->opened.size());
    Member member{.peer = dial(reading)};
    clients_.send(member.peer, request_text());
    const auto opened = [&] {
      for (std::size_t i = 0; i < before.size(); ++i) {
        if (shard(i).opened.size() == before[i]) continue;
        member.shard = i;
        member.session = shard(i).opened.back();
        return true;
      }
      return false;
    };
    EXPECT_TRUE(until(opened));
    join(member, room, echo);
    return member;
  }
  void join(Member& member, std::string_view room, bool echo = true) {
    const std::size_t joined = shard(member.shard).joined.size();
    engine::JoinResult result{};
    in_turn([&] { result = rooms(member.shard).join(member.session, room, echo); }, member.shard);
    member.room = result.room;
    if (result.status == engine::JoinResult::Status::joined) return;
    EXPECT_TRUE(until([&] { return shard(member.shard).joined.size() > joined; }));
  }
  void publish(const Member& member, std::string_view text, std::uint64_t ticket,
               std::uint64_t key = 0) {
    in_turn(
        [&] {
          EXPECT_TRUE(rooms(member.shard)
                          .publish(member.session, member.room, Opcode::text, base::as_bytes(text),
                                   {.key = key, .ticket = ticket}));
        },
        member.shard);
  }
  // The answer to the ticket; the test fails without one.
  PublishAnswer answer(const Member& member, std::uint64_t ticket) {
    const auto& published = shard(member.shard).published;
    const auto there = [&] {
      return std::ranges::any_of(published, [&](const auto& one) { return one.ticket == ticket; });
    };
    EXPECT_TRUE(until(there));
    PublishAnswer found;
    std::size_t count = 0;
    for (const auto& one : published) {
      if (one.ticket != ticket) continue;
      ++count;
      EXPECT_EQ(one.session, member.session);
      found = one.answer;
    }
    EXPECT_EQ(count, 1U);
    return found;
  }
  static std::string large() { return std::string(kLargeBytes, 'x'); }
};

TEST_F(RoomAnswers, SayTheNumberAndWhoGetsIt) {
  start();
  const Member one = enter("r");
  enter("r");
  enter("r");
  publish(one, "first", 5);
  publish(one, "second", 6);
  EXPECT_EQ(answer(one, 5).number, 1U);
  EXPECT_EQ(answer(one, 5).members.queued, 3U);
  EXPECT_EQ(answer(one, 6).number, 2U);
  EXPECT_EQ(answer(one, 6).members.matched(), 3U);
  EXPECT_EQ(answer(one, 6).remote, 0U);
}

TEST_F(RoomAnswers, DoNotCountASenderThatDoesNotHearItself) {
  start();
  const Member quiet = enter("r", false);
  const Member loud = enter("r");
  in_turn([&] {  // One batch holds both.
    static_cast<void>(rooms().publish(quiet.session, quiet.room, Opcode::text, base::as_bytes("a"),
                                      {.ticket = 1}));
    static_cast<void>(
        rooms().publish(loud.session, loud.room, Opcode::text, base::as_bytes("b"), {.ticket = 2}));
  });
  EXPECT_EQ(answer(quiet, 1).members.queued, 1U);
  EXPECT_EQ(answer(loud, 2).members.queued, 2U);
}

TEST_F(RoomAnswers, ComeOnlyToThoseWhoAsk) {
  start();
  const Member one = enter("r");
  publish(one, "unasked", 0);
  publish(one, "asked", 3);
  EXPECT_EQ(answer(one, 3).number, 2U);
  EXPECT_EQ(shard().published.size(), 1U);
}

TEST_F(RoomAnswers, AddUpOverShards) {
  start({}, 3);
  std::vector<Member> members;
  for (int i = 0; i < 12; ++i) members.push_back(enter("r"));
  for (std::size_t i = 0; i < members.size(); ++i) {
    publish(members[i], "hello", 100 + i);
    const PublishAnswer told = answer(members[i], 100 + i);
    EXPECT_EQ(told.number, i + 1);
    EXPECT_EQ(told.members.queued, 12U);
    const auto here = static_cast<std::uint32_t>(std::ranges::count_if(
        members, [&](const Member& other) { return other.shard == members[i].shard; }));
    EXPECT_EQ(told.remote, 12U - here);
  }
}

TEST_F(RoomAnswers, ComeThoughEverybodyLeavesInTheSameTurn) {
  start();
  const Member one = enter("r");
  const Member other = enter("r");
  in_turn([&] {
    static_cast<void>(rooms().publish(one.session, one.room, Opcode::text, base::as_bytes("last"),
                                      {.ticket = 4}));
    rooms().leave(one.session, one.room);
    rooms().leave(other.session, other.room);
  });
  EXPECT_EQ(answer(one, 4).number, 1U);
  EXPECT_EQ(answer(one, 4).members.matched(), 0U);
}

TEST_F(RoomAnswers, CountThoseWhoAreThereWhenTheirTurnComes) {
  start();
  const Member one = enter("r");
  std::vector<Member> others;
  for (std::uint32_t i = 0; i < 3 * base::kDeliveriesPerTurn; ++i) others.push_back(enter("r"));
  in_turn([&] {
    static_cast<void>(rooms().publish(one.session, one.room, Opcode::text, base::as_bytes("wide"),
                                      {.ticket = 8}));
    for (std::size_t i = 0; i < 10; ++i) rooms().leave(others[i].session, others[i].room);
  });
  const PublishAnswer told = answer(one, 8);
  EXPECT_EQ(told.members.queued, 3 * base::kDeliveriesPerTurn + 1 - 10);
  EXPECT_EQ(told.members.dropped, 0U);
}

TEST_F(RoomAnswers, TellWhatALatestRoomHoldsBack) {
  world_.network().set_window(4096);
  engine::RoomOptions rooms;
  ASSERT_TRUE(rooms.policies.add("r=latest").ok());
  start({}, 1, 100'000, rooms);
  const Member slow = enter("r", true, false);
  const Member one = enter("r");
  std::uint64_t ticket = 0;
  for (int i = 0; i < 60; ++i) {
    publish(one, large(), ++ticket, 1);
    EXPECT_TRUE(awaits_frames(one.peer, ticket));  // It keeps up, the other does not.
  }
  EXPECT_EQ(answer(one, 1).members.queued, 2U);
  const PublishAnswer last = answer(one, ticket);
  EXPECT_EQ(last.members.queued, 1U);
  EXPECT_EQ(last.members.conflated, 1U);
  EXPECT_EQ(last.members.matched(), 2U);
  clients_.read(slow.peer);
}

TEST_F(RoomAnswers, TellWhatAnEphemeralRoomDrops) {
  world_.network().set_window(4096);
  engine::RoomOptions rooms;
  ASSERT_TRUE(rooms.policies.add("r=ephemeral").ok());
  start({}, 1, 100'000, rooms);
  const Member slow = enter("r", true, false);
  const Member one = enter("r");
  std::uint64_t ticket = 0;
  for (int i = 0; i < 60; ++i) {
    publish(one, large(), ++ticket);
    EXPECT_TRUE(awaits_frames(one.peer, ticket));
  }
  EXPECT_EQ(answer(one, ticket).members.dropped, 1U);
  EXPECT_EQ(answer(one, ticket).members.queued, 1U);
  clients_.read(slow.peer);
}

TEST_F(RoomAnswers, TellOfAMemberThatWasTooSlow) {
  world_.network().set_window(4096);
  engine::SessionOptions options;
  options.send_queue_bytes_max = 32 << 10;
  start(options);
  enter("r", true, false);
  const Member one = enter("r");
  std::uint32_t dropped = 0;
  std::uint32_t matched = 0;
  for (std::uint64_t ticket = 1; ticket <= 30; ++ticket) {
    publish(one, large(), ticket);
    const PublishAnswer told = answer(one, ticket);
    dropped += told.members.dropped;
    matched = told.members.matched();
  }
  EXPECT_GE(dropped, 1U);  // It was closed with 1013, and counts until it is gone.
  EXPECT_LE(matched, 2U);
}

TEST_F(RoomAnswers, GoNowhereWhenThePublisherIsGone) {
  start({}, 3);
  std::vector<Member> members;
  for (int i = 0; i < 9; ++i) members.push_back(enter("r"));
  const Member& one = members.front();
  publish(one, "farewell", 2);
  in_turn([&] { sessions(one.shard).abort(one.session); }, one.shard);
  pass(seconds{1});
  std::uint64_t heard = 0;
  std::uint64_t unheard = 0;
  for (const ScriptedShard* each : factory_->made) {
    heard += each->room_counters().answers.value();
    unheard += each->room_counters().answers_unheard.value();
  }
  EXPECT_EQ(heard + unheard, 1U);
}

}  // namespace
}  // namespace sim
