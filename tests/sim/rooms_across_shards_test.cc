// Rooms whose home, publishers and members are on several shards, every part played by hand.
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "tests/sim/hand_test.h"

namespace sim {
namespace {

using engine::JoinResult;
using engine::RoomHandle;
using engine::SessionId;
using protocol::Opcode;

class RoomsAcrossShards : public HandTest {
 protected:
  static constexpr std::size_t kShards = 3;

  // A member of a test: a peer with its shard and its session there.
  struct Member {
    std::size_t peer = 0;
    std::size_t shard = 0;
    SessionId session{};
    RoomHandle room{};
  };

  void start_shards(const engine::SessionOptions& options = {}) { start(options, kShards); }

  // The kernel, that is the simulator, chooses the shard; whoever came to a wrong one leaves again.
  Member open_on(std::size_t wanted) {
    while (true) {
      std::size_t before[kShards];
      for (std::size_t i = 0; i < kShards; ++i) before[i] = shard(i).opened.size();
      const std::size_t peer = open_peer();
      for (std::size_t i = 0; i < kShards; ++i) {
        if (shard(i).opened.size() == before[i]) continue;
        if (i == wanted) return {.peer = peer, .shard = i, .session = shard(i).opened.back()};
      }
      clients_.close(peer);
    }
  }
  static std::string name_with_home(std::uint32_t home, int variant = 0) {
    for (int i = 0;; ++i) {
      std::string name = "room " + std::to_string(variant) + "-" + std::to_string(i);
      if (engine::HomeDirectory::home_of(name, kShards) == home) return name;
    }
  }
  JoinResult::Status join(Member& member, std::string_view name, bool echo = true) {
    JoinResult result{};
    in_turn([&] { result = rooms(member.shard).join(member.session, name, echo); }, member.shard);
    member.room = result.room;
    return result.status;
  }
  void join_and_wait(Member& member, std::string_view name, bool echo = true) {
    const std::size_t before = shard(member.shard).joined.size();
    if (join(member, name, echo) == JoinResult::Status::joined) return;
    ASSERT_TRUE(until([&] { return shard(member.shard).joined.size() > before; }));
  }
  bool publish(const Member& member, std::string_view text) {
    bool published = false;
    in_turn(
        [&] {
          published = rooms(member.shard)
                          .publish(member.session, member.room, Opcode::text, base::as_bytes(text));
        },
        member.shard);
    return published;
  }
  void leave(const Member& member) {
    in_turn([&] { rooms(member.shard).leave(member.session, member.room); }, member.shard);
  }
  std::string all_heard(const Member& member) {
    std::string all;
    for (const auto& frame : clients_.frames(member.peer)) all += frame.payload + ";";
    return all;
  }
  std::uint64_t all_rooms() {
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < kShards; ++i) count += shard(i).room_counters().rooms.value();
    return count;
  }
  std::uint64_t stale_messages(std::size_t number) {
    return shard(number).room_counters().stale_messages.value();
  }
};

TEST_F(RoomsAcrossShards, AJoinAtHomeIsThereAtOnceAndElsewhereAfterAWhile) {
  start_shards();
  Member at_home = open_on(1);
  Member elsewhere = open_on(0);
  const std::string name = name_with_home(1);
  EXPECT_EQ(join(at_home, name), JoinResult::Status::joined);
  JoinResult result{};
  in_turn(
      [&] {
        result = rooms(0).join(elsewhere.session, name, true);
        EXPECT_EQ(result.status, JoinResult::Status::pending);
        EXPECT_FALSE(rooms(0).publish(elsewhere.session, result.room, Opcode::text,
                                      base::as_bytes("early")));
      },
      0);
  elsewhere.room = result.room;
  ASSERT_TRUE(until([&] { return shard(0).joined.size() == 1; }));
  EXPECT_EQ(shard(0).joined[0].session, elsewhere.session);
  EXPECT_EQ(shard(0).joined[0].room, elsewhere.room);
  EXPECT_TRUE(publish(elsewhere, "from elsewhere"));
  EXPECT_TRUE(publish(at_home, "from home"));
  ASSERT_TRUE(awaits_frames(elsewhere.peer, 2));
  ASSERT_TRUE(awaits_frames(at_home.peer, 2));
  EXPECT_EQ(all_heard(at_home), all_heard(elsewhere));
  EXPECT_EQ(shard(0).room_counters().deliveries.value(), 2U);
}

TEST_F(RoomsAcrossShards, AllHearOneOrderAndEachPublisherItsOwn) {
  start_shards();
  std::vector<Member> members;
  const std::string name = name_with_home(2);
  for (std::size_t i = 0; i < 9; ++i) {
    members.push_back(open_on(i % kShards));
    join_and_wait(members.back(), name, i % 2 == 0);
  }
  constexpr int kMessages = 40;
  for (int message = 0; message < kMessages; ++message) {
    for (std::size_t i = 0; i < members.size(); ++i) {
      const Member& member = members[i];
      shard(member.shard).do_in_turn([this, &member, i, message] {
        const std::string text = std::to_string(i) + ":" + std::to_string(message);
        EXPECT_TRUE(rooms(member.shard)
                        .publish(member.session, member.room, Opcode::text, base::as_bytes(text)));
      });
    }
    if (message % 7 == 0) pass(milliseconds{1});
  }
  const std::size_t all = kMessages * members.size();
  ASSERT_TRUE(awaits_frames(members[0].peer, all));
  pass(milliseconds{100});
  const auto reference = clients_.frames(members[0].peer);
  ASSERT_EQ(reference.size(), all);
  std::vector<int> next(members.size(), 0);
  for (const auto& frame : reference) {
    const std::size_t colon = frame.payload.find(':');
    const std::size_t who = std::stoul(frame.payload.substr(0, colon));
    EXPECT_EQ(std::stoi(frame.payload.substr(colon + 1)), next[who]++);
  }
  for (std::size_t i = 0; i < members.size(); ++i) {
    const std::string own = std::to_string(i) + ":";
    std::string expected;
    for (const auto& frame : reference) {
      const bool excluded = i % 2 == 1 && frame.payload.starts_with(own);
      if (!excluded) expected += frame.payload + ";";
    }
    EXPECT_EQ(all_heard(members[i]), expected) << i;
  }
}

TEST_F(RoomsAcrossShards, LeavingAndComingBackBeforeTheHomeHeardOfEither) {
  start_shards();
  Member talker = open_on(0);
  Member listener = open_on(1);
  const std::string name = name_with_home(2);
  join_and_wait(talker, name);
  join_and_wait(listener, name);
  for (int round = 0; round < 20; ++round) {
    const RoomHandle before = talker.room;
    const std::size_t joined_before = shard(0).joined.size();
    in_turn(
        [&] {
          EXPECT_TRUE(rooms(0).publish(talker.session, talker.room, Opcode::text,
                                       base::as_bytes("a" + std::to_string(round))));
          rooms(0).leave(talker.session, talker.room);
          talker.room = rooms(0).join(talker.session, name, true).room;
        },
        0);
    EXPECT_NE(talker.room, before);
    // Something is said while the shard is out and in again.
    EXPECT_TRUE(publish(listener, "b" + std::to_string(round)));
    ASSERT_TRUE(until([&] { return shard(0).joined.size() > joined_before; }));
    EXPECT_TRUE(publish(talker, "c" + std::to_string(round)));
    ASSERT_TRUE(awaits_frames(listener.peer, 3 * (static_cast<std::size_t>(round) + 1)));
    const std::string last = "c" + std::to_string(round) + ";";
    EXPECT_TRUE(until([&] { return all_heard(talker).find(last) != std::string::npos; }));
  }
  EXPECT_GT(stale_messages(0), 0U) << "its own farewell messages, at least, found nobody";
}

TEST_F(RoomsAcrossShards, ARoomIsGoneEverywhereWithItsLastMember) {
  start_shards();
  const std::string name = name_with_home(2);
  Member first = open_on(0);
  Member second = open_on(1);
  join_and_wait(first, name);
  join_and_wait(second, name);
  EXPECT_EQ(all_rooms(), 2U);
  clients_.close(first.peer);
  leave(second);
  ASSERT_TRUE(until([&] { return all_rooms() == 0; }));
  pass(milliseconds{50});
  join_and_wait(second, name);
  EXPECT_TRUE(publish(second, "numbered from one again"));
  EXPECT_TRUE(awaits_frames(second.peer, 1));
}

TEST_F(RoomsAcrossShards, WhoEndsWhileItWaitsIsNotLetIn) {
  start_shards();
  const std::string name = name_with_home(2);
  Member leaver = open_on(0);
  Member stayer = open_on(0);
  in_turn(
      [&] {
        leaver.room = rooms(0).join(leaver.session, name, true).room;
        rooms(0).join(stayer.session, name, true);
        rooms(0).join(stayer.session, name, true);  // Twice is once.
        sessions(0).abort(leaver.session);
      },
      0);
  ASSERT_TRUE(until([&] { return shard(0).joined.size() == 1; }));
  EXPECT_EQ(shard(0).joined[0].session, stayer.session);
  pass(milliseconds{50});
  EXPECT_EQ(shard(0).joined.size(), 1U);
  EXPECT_EQ(shard(0).room_counters().memberships.value(), 1U);
}

TEST_F(RoomsAcrossShards, WhoLeavesWhileItWaitsLeavesNoRoomBehind) {
  start_shards();
  Member member = open_on(0);
  in_turn(
      [&] {
        member.room = rooms(0).join(member.session, name_with_home(2), true).room;
        rooms(0).leave(member.session, member.room);
      },
      0);
  ASSERT_TRUE(until([&] { return all_rooms() == 0; }));
  EXPECT_TRUE(shard(0).joined.empty());
}

// on_joined() may let people leave: the one it is about, and others who wait with it.
TEST_F(RoomsAcrossShards, OnJoinedMayLetItsMemberLeaveAndTheOthersStillGetIn) {
  start_shards();
  const std::string name = name_with_home(2);
  std::vector<Member> members;
  for (int i = 0; i < 4; ++i) members.push_back(open_on(0));
  shard(0).join = [&](SessionId session, RoomHandle room) {
    if (session != members[0].session) return;
    rooms(0).leave(session, room);
    rooms(0).leave(members[2].session, room);
  };
  in_turn(
      [&] {
        for (Member& member : members) {
          member.room = rooms(0).join(member.session, name, true).room;
        }
      },
      0);
  ASSERT_TRUE(until([&] { return shard(0).joined.size() >= 3; }, seconds{1}))
      << "those behind the one who left were forgotten";
  pass(milliseconds{20});
  EXPECT_EQ(shard(0).joined.size(), 3U);
  EXPECT_EQ(shard(0).joined[1].session, members[1].session);
  EXPECT_EQ(shard(0).joined[2].session, members[3].session);
  EXPECT_EQ(shard(0).room_counters().memberships.value(), 2U);
  EXPECT_TRUE(publish(members[3], "hello"));
  ASSERT_TRUE(awaits_frames(members[1].peer, 1));
  EXPECT_EQ(all_heard(members[2]), "");
}

TEST_F(RoomsAcrossShards, AFarewellOfTheLastMemberReachesASleepingHome) {
  start_shards({.heartbeat_interval = seconds{0}});
  const std::string name = name_with_home(2);
  Member leaver = open_on(0);
  Member speaker = open_on(0);
  Member listener = open_on(1);
  join_and_wait(speaker, name);
  join_and_wait(listener, name);
  shard(0).close = [&](SessionId id, const engine::CloseInfo&) {
    if (id != leaver.session) return;
    rooms(0).publish(speaker.session, speaker.room, Opcode::text, base::as_bytes("it has left"));
  };
  pass(seconds{1});
  clients_.close(leaver.peer);
  EXPECT_TRUE(awaits_frames(listener.peer, 1, seconds{1})) << "nobody rang";
}

TEST_F(RoomsAcrossShards, LargeMessagesAndManyOfThem) {
  start_shards({.send_queue_bytes_max = std::uint64_t{64} << 20});
  const std::string name = name_with_home(2);
  Member talker = open_on(0);
  Member listener = open_on(1);
  join_and_wait(talker, name);
  join_and_wait(listener, name);
  // More at once than the lanes hold, and some larger than any pooled parcel.
  constexpr std::size_t kMessages = 1000;
  in_turn(
      [&] {
        for (std::size_t i = 0; i < kMessages; ++i) {
          const std::string text = std::to_string(i) + std::string(i % 100 == 0 ? 70'000 : 10, '.');
          EXPECT_TRUE(
              rooms(0).publish(talker.session, talker.room, Opcode::text, base::as_bytes(text)));
        }
        EXPECT_TRUE(shard(0).shard().mailbox().congested());
      },
      0);
  ASSERT_TRUE(awaits_frames(listener.peer, kMessages, seconds{20}));
  const auto frames = clients_.frames(listener.peer);
  for (std::size_t i = 0; i < kMessages; ++i) ASSERT_EQ(std::stoul(frames[i].payload), i);
  EXPECT_FALSE(shard(0).shard().mailbox().congested());
  EXPECT_EQ(shard(0).shard().mailbox_counters().waiting.value(), 0U);
  EXPECT_GT(shard(0).shard().mailbox_counters().lane_full.value(), 0U);
}

}  // namespace
}  // namespace sim
