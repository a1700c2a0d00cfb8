// Rooms of one shard: who hears what, every part played by hand.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/bytes.h"
#include "tests/sim/hand_test.h"

namespace sim {
namespace {

using engine::JoinResult;
using engine::RoomHandle;
using engine::SessionId;
using protocol::Opcode;

class RoomsOfOneShard : public HandTest {
 protected:
  RoomHandle join(std::size_t peer, std::string_view name, bool echo = true) {
    RoomHandle room{};
    in_turn([&] {
      const JoinResult result = rooms().join(session(peer), name, echo);
      EXPECT_EQ(result.status, JoinResult::Status::joined);
      room = result.room;
    });
    return room;
  }
  bool publish(std::size_t peer, RoomHandle room, std::string_view text) {
    bool published = false;
    in_turn([&] { published = say(peer, room, text); });
    return published;
  }
  // Within a turn.
  bool say(std::size_t peer, RoomHandle room, std::string_view text) {
    return rooms().publish(session(peer), room, Opcode::text, base::as_bytes(text));
  }
  void leave(std::size_t peer, RoomHandle room) {
    in_turn([&] { rooms().leave(session(peer), room); });
  }
  SessionId session(std::size_t peer) {
    return peer < by_peer_.size() ? by_peer_[peer] : shard().opened[peer];
  }
  const engine::RoomCounters& room_counters() { return shard().room_counters(); }
  std::string all_heard(std::size_t peer) {
    std::string all;
    for (const auto& frame : clients_.frames(peer)) all += frame.payload + ";";
    return all;
  }
  void open_peers(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) open_peer();
  }

  std::vector<SessionId> by_peer_;  // Where peers came at once, and so in any order.
};

TEST_F(RoomsOfOneShard, AMessageReachesAllMembersAndNobodyElse) {
  start();
  open_peers(4);
  const RoomHandle room = join(0, "r");
  EXPECT_EQ(join(1, "r"), room);
  EXPECT_NE(join(2, "other"), room);
  EXPECT_EQ(room_counters().rooms.value(), 2U);
  EXPECT_EQ(room_counters().memberships.value(), 3U);
  EXPECT_TRUE(publish(0, room, "hello"));
  ASSERT_TRUE(awaits_frames(1, 1));
  pass(milliseconds{50});
  EXPECT_EQ(all_heard(0), "hello;");
  EXPECT_EQ(all_heard(1), "hello;");
  EXPECT_EQ(all_heard(2) + all_heard(3), "");
  EXPECT_EQ(room_counters().published.value(), 1U);
  EXPECT_EQ(room_counters().deliveries.value(), 2U);
  EXPECT_EQ(room_counters().backlog_bytes.value(), 0U);
}

TEST_F(RoomsOfOneShard, WhoWantsNoEchoHearsAllButItself) {
  start();
  open_peers(3);
  const RoomHandle room = join(0, "r", false);
  join(1, "r", false);
  join(2, "r");
  in_turn([&] {
    for (const std::string_view text : {"0a", "0b"}) EXPECT_TRUE(say(0, room, text));
    EXPECT_TRUE(say(1, room, "1a"));
    EXPECT_TRUE(say(2, room, "2a"));
    EXPECT_TRUE(say(0, room, "0c"));
  });
  ASSERT_TRUE(awaits_frames(2, 5));
  pass(milliseconds{50});
  EXPECT_EQ(all_heard(0), "1a;2a;");
  EXPECT_EQ(all_heard(1), "0a;0b;2a;0c;");
  EXPECT_EQ(all_heard(2), "0a;0b;1a;2a;0c;");
  EXPECT_EQ(room_counters().deliveries.value(), 11U);
}

// What is left out for one is not counted for it; what is sent to it alone is.
TEST_F(RoomsOfOneShard, CountsWhatEachMemberIsSent) {
  start();
  open_peers(3);
  const RoomHandle room = join(0, "r", false);
  join(1, "r");
  in_turn([&] {
    say(0, room, "12345");
    say(1, room, std::string(200, 'x'));
  });
  in_turn([&] {
    const std::string_view alone = "123";
    sessions().send(session(2), Opcode::text, base::as_bytes(alone));
  });
  ASSERT_TRUE(awaits_frames(0, 1) && awaits_frames(1, 2) && awaits_frames(2, 1));
  EXPECT_EQ(sessions().messages_out(session(0)), 1U);
  EXPECT_EQ(sessions().bytes_out(session(0)), 4U + 200U);
  EXPECT_EQ(sessions().messages_out(session(1)), 2U);
  EXPECT_EQ(sessions().bytes_out(session(1)), 2U + 5U + 4U + 200U);
  EXPECT_EQ(sessions().messages_out(session(2)), 1U);
  EXPECT_EQ(sessions().bytes_out(session(2)), 2U + 3U);
}

TEST_F(RoomsOfOneShard, JoiningTwiceIsJoiningOnceAndLeavingOnceIsLeaving) {
  start();
  open_peers(2);
  const RoomHandle room = join(0, "r");
  EXPECT_EQ(join(0, "r"), room);
  join(1, "r");
  EXPECT_EQ(room_counters().memberships.value(), 2U);
  publish(1, room, "once");
  ASSERT_TRUE(awaits_frames(0, 1));
  ASSERT_TRUE(awaits_frames(1, 1));
  EXPECT_EQ(all_heard(0), "once;");
  leave(0, room);
  leave(0, room);
  publish(1, room, "without 0");
  ASSERT_TRUE(awaits_frames(1, 2));
  EXPECT_EQ(all_heard(0), "once;");
  EXPECT_EQ(room_counters().memberships.value(), 1U);
}

TEST_F(RoomsOfOneShard, OnlyMembersPublish) {
  start();
  open_peers(3);
  const RoomHandle room = join(0, "r");
  EXPECT_FALSE(publish(1, room, "from outside"));
  join(1, "r");
  EXPECT_TRUE(publish(1, room, "from inside"));
  leave(1, room);
  EXPECT_FALSE(publish(1, room, "from outside again"));
  leave(0, room);
  EXPECT_FALSE(publish(0, room, "to nobody"));
  pass(milliseconds{50});
  EXPECT_EQ(all_heard(0), "from inside;");
  EXPECT_EQ(room_counters().published.value(), 1U);
}

TEST_F(RoomsOfOneShard, ARoomIsGoneWithItsLastMemberAndComesBackAsAnother) {
  start();
  open_peers(2);
  const RoomHandle first = join(0, "r");
  in_turn([&] {
    EXPECT_TRUE(say(0, first, "never carried"));
    rooms().leave(session(0), first);
  });
  EXPECT_EQ(room_counters().rooms.value(), 0U);
  pass(milliseconds{10});
  EXPECT_EQ(group_->shards()[0]->connections().pools().payloads.bytes_in_use(), 0U);
  const RoomHandle second = join(0, "r");
  EXPECT_NE(second, first);
  EXPECT_FALSE(publish(0, first, "by its old name"));
  EXPECT_TRUE(publish(0, second, "by its new name"));
  ASSERT_TRUE(awaits_frames(0, 1));
  EXPECT_EQ(all_heard(0), "by its new name;");
  clients_.close(0);
  ASSERT_TRUE(until([&] { return room_counters().rooms.value() == 0; }));
  EXPECT_EQ(room_counters().memberships.value(), 0U);
}

TEST_F(RoomsOfOneShard, AMemberOfManyRoomsIsOutOfAllWhenItEnds) {
  start();
  open_peers(2);
  std::vector<RoomHandle> joined_rooms;
  for (int i = 0; i < 20; ++i) joined_rooms.push_back(join(0, "room " + std::to_string(i)));
  for (int i = 0; i < 20; i += 2) join(1, "room " + std::to_string(i));
  leave(0, joined_rooms[7]);
  leave(0, joined_rooms[0]);
  EXPECT_EQ(room_counters().memberships.value(), 28U);
  clients_.close(0);
  ASSERT_TRUE(until([&] { return room_counters().memberships.value() == 10; }));
  EXPECT_EQ(room_counters().rooms.value(), 10U);
  EXPECT_TRUE(publish(1, joined_rooms[4], "alone"));
  ASSERT_TRUE(awaits_frames(1, 1));
}

// A session's name may outlive it: whoever has its slot then is somebody else.
TEST_F(RoomsOfOneShard, AnOldNameActsForNobodyElse) {
  start();
  open_peers(2);
  const SessionId old = session(0);
  const RoomHandle room = join(1, "r");
  clients_.close(0);
  ASSERT_TRUE(until([&] { return shard().closes.size() == 1; }));
  open_peer();
  ASSERT_EQ(session(2).slot, old.slot) << "the test wants the slot to be reused";
  join(2, "r");
  in_turn([&] {
    EXPECT_FALSE(rooms().publish(old, room, Opcode::text, base::as_bytes("forged")));
    rooms().leave(old, room);
    EXPECT_EQ(rooms().join(old, "s", true).status, JoinResult::Status::pending);
  });
  EXPECT_EQ(room_counters().memberships.value(), 2U);
  EXPECT_EQ(room_counters().rooms.value(), 1U);
  EXPECT_TRUE(publish(1, room, "still all here"));
  ASSERT_TRUE(awaits_frames(2, 1));
}

// What on_close() says to the others is said at once, not when something else happens.
TEST_F(RoomsOfOneShard, AFarewellIsHeardAtOnce) {
  start({.heartbeat_interval = seconds{0}});
  open_peers(2);
  const RoomHandle room = join(1, "r");
  shard().close = [&](SessionId id, const engine::CloseInfo&) {
    if (id == session(0)) say(1, room, "0 has left");
  };
  // It ends with nothing in flight, so it is released at the very end of a turn.
  clients_.close(0);
  EXPECT_TRUE(awaits_frames(1, 1, seconds{1}));
}

TEST_F(RoomsOfOneShard, ASlowMemberIsClosedAndTheOthersHearOn) {
  world_.network().set_window(4096);
  start({.send_queue_bytes_max = 16'384, .close_timeout = seconds{1}});
  const std::size_t slow = dial(false);
  clients_.send(slow, request_text());
  ASSERT_TRUE(until([&] { return shard().opened.size() == 1; }));
  open_peers(2);
  join(0, "r");
  join(1, "r");
  const RoomHandle room = join(2, "r");
  constexpr std::size_t kMessages = 60;
  for (std::size_t i = 0; i < kMessages; ++i) {
    ASSERT_TRUE(publish(2, room, std::string(1000, 'm')));
    ASSERT_TRUE(awaits_frames(1, i + 1));
    ASSERT_TRUE(awaits_frames(2, i + 1));
  }
  ASSERT_TRUE(until([&] { return shard().closes.size() == 1; }));
  EXPECT_EQ(shard().closes[0].info.reason, engine::CloseReason::send_queue_full);
  EXPECT_EQ(room_counters().memberships.value(), 2U);
  EXPECT_EQ(room_counters().deliveries_dropped.value(), 1U);
  EXPECT_TRUE(awaits_frames(2, kMessages));
}

// A burst that comes in large chunks is more than a member's queue holds: a turn takes in no more
// than half a queue of it, and a member who reads gets all of it.
TEST_F(RoomsOfOneShard, ABurstDoesNotOverfillAMemberWhoReads) {
  world_.network().set_window(std::size_t{1} << 20);
  start({.send_queue_bytes_max = base::kSendQueueBytesLeast});
  open_peers(2);
  const RoomHandle room = join(0, "r");
  join(1, "r", false);
  std::map<std::uint64_t, std::size_t> bytes_by_turn;
  shard().message = [&](SessionId id, Opcode opcode, std::span<std::byte> text) {
    bytes_by_turn[group_->shards()[0]->reactor_counters().turns.value()] += text.size();
    EXPECT_TRUE(rooms().publish(id, room, opcode, text));
  };
  constexpr std::size_t kMessages = 200;
  constexpr std::size_t kSize = 100;
  std::string burst;
  for (std::size_t i = 0; i < kMessages; ++i) burst += text_frame(std::string(kSize, 'b'));
  in_turn([&] { sessions().pause(session(1)); });
  clients_.send(1, burst);
  pass(seconds{1});  // All of it waits in the socket, and comes in large chunks.
  in_turn([&] { sessions().resume(session(1)); });
  ASSERT_TRUE(awaits_frames(0, kMessages));
  EXPECT_TRUE(shard().closes.empty());
  for (const auto& [turn, bytes] : bytes_by_turn) {
    EXPECT_LE(bytes, base::kSendQueueBytesLeast / 2 + kSize) << turn;
  }
}

// ---- Fan-outs that take several goes --------------------------------------------------------

class LargeRoom : public RoomsOfOneShard {
 protected:
  static constexpr std::size_t kMembers = base::kDeliveriesPerRoomGo + 500;

  // Everybody is in the room, in the order of `places_`.
  void fill() {
    start({.handshake_timeout = seconds{60}});
    by_peer_.resize(kMembers);
    shard().request = [this](SessionId id, const protocol::HttpRequest& request, bool) {
      const std::size_t peer = std::stoul(std::string(request.query));
      by_peer_[peer] = id;
      places_.push_back(peer);
      room_ = rooms().join(id, "large", true).room;
      return engine::Admission{.verdict = engine::Admission::Verdict::accept};
    };
    for (std::size_t i = 0; i < kMembers; ++i) {
      peers_ = 1 + clients_.connect(group_->bound()[0]);
      clients_.send(i, request_text("/?" + std::to_string(i)));
    }
    ASSERT_TRUE(until([&] { return shard().opened.size() == kMembers; }, seconds{20}));
    ASSERT_EQ(room_counters().memberships.value(), kMembers);
    shard().request = nullptr;
  }
  // Other rooms with the same members, so that a turn has more to deliver than it may.
  void fill_others(int count) {
    in_turn([&] {
      for (int other = 0; other < count; ++other) {
        for (const SessionId id : by_peer_) {
          const JoinResult joined = rooms().join(id, "other" + std::to_string(other), true);
          if (id == by_peer_[0]) others_.push_back(joined.room);
        }
      }
    });
  }
  // Within a turn: the large room's fan-out has begun and stands after its first go.
  void begin_fan_out(std::string_view text) {
    EXPECT_TRUE(say(places_[0], room_, text));
    for (const RoomHandle other : others_) EXPECT_TRUE(say(places_[0], other, "."));
    EXPECT_EQ(rooms().fan_out(), engine::StepResult::more);
  }
  std::uint64_t queued(std::size_t peer) {
    return shard().shard().connections().queued_cost(session(peer).slot);
  }
  // What the peer heard in the large room.
  std::string heard_there(std::size_t peer) {
    std::string all;
    for (const auto& frame : clients_.frames(peer)) {
      if (frame.payload != ".") all += frame.payload + ";";
    }
    return all;
  }

  RoomHandle room_;
  std::vector<RoomHandle> others_;
  std::vector<std::size_t> places_;
};

TEST_F(LargeRoom, LeavingAndJoiningBetweenTwoGoesOfAFanOut) {
  fill();
  fill_others(8);
  const std::size_t newcomer = open_peer();
  const std::size_t served = places_[2];
  const std::size_t back_again = places_[5];
  const std::size_t unserved = places_[base::kDeliveriesPerRoomGo + 100];
  const std::size_t stays = places_.back();
  in_turn([&] {
    begin_fan_out("first");
    for (const std::size_t peer : {served, back_again, unserved}) {
      rooms().leave(session(peer), room_);
    }
    EXPECT_FALSE(say(served, room_, "not a member"));
    rooms().join(session(newcomer), "large", true);
    rooms().join(session(back_again), "large", true);
    EXPECT_TRUE(say(stays, room_, "second"));
  });
  ASSERT_TRUE(until([&] { return heard_there(stays) == "first;second;"; }));
  pass(milliseconds{500});
  EXPECT_EQ(heard_there(served), "first;");
  EXPECT_EQ(heard_there(unserved), "");
  EXPECT_EQ(heard_there(newcomer), "second;");
  EXPECT_EQ(heard_there(back_again), "first;second;");
  EXPECT_EQ(heard_there(places_[0]), "first;second;");
  // The places are right again: everybody can leave, and the rooms are gone with the last.
  in_turn([&] {
    for (std::size_t peer = 0; peer <= newcomer; ++peer) rooms().leave(session(peer), room_);
  });
  EXPECT_EQ(room_counters().memberships.value(), kMembers * others_.size());
  EXPECT_EQ(room_counters().rooms.value(), others_.size());
}

TEST_F(LargeRoom, TheLastMemberMayLeaveInTheMiddleOfAFanOut) {
  fill();
  fill_others(8);
  in_turn([&] {
    begin_fan_out("first");
    EXPECT_TRUE(say(places_[0], room_, "second"));
    for (const std::size_t peer : places_) rooms().leave(session(peer), room_);
    EXPECT_EQ(room_counters().rooms.value(), others_.size());
  });
  ASSERT_TRUE(until([&] { return room_counters().backlog_bytes.value() == 0; }));
  pass(milliseconds{500});
  EXPECT_EQ(heard_there(places_[0]), "first;");
  EXPECT_EQ(heard_there(places_.back()), "");
}

TEST_F(LargeRoom, ChurnDuringFanOutsNeitherLosesNorRepeats) {
  fill();
  fill_others(8);
  constexpr int kRounds = 12;
  std::size_t out = 1;
  std::map<std::size_t, int> left_before;  // Peer: the round that it left in.
  for (int round = 0; round < kRounds; ++round) {
    in_turn([&] {
      begin_fan_out(std::to_string(round));
      for (int i = 0; i < 50; ++i, out += 37) {
        const std::size_t peer = places_[1 + out % (kMembers - 1)];
        if (left_before.contains(peer)) continue;
        rooms().leave(session(peer), room_);
        left_before[peer] = round;
      }
      for (int i = 0; i < 10; ++i) {
        rooms().join(session(left_before.begin()->first), "large", true);
        left_before.erase(left_before.begin());
      }
    });
  }
  ASSERT_TRUE(until([&] { return room_counters().backlog_bytes.value() == 0; }, seconds{5}));
  pass(milliseconds{500});
  for (std::size_t peer = 0; peer < kMembers; ++peer) {
    int before = -1;
    for (const auto& frame : clients_.frames(peer)) {
      if (frame.payload == ".") continue;
      const int number = std::stoi(frame.payload);
      ASSERT_GT(number, before) << "peer " << peer << ": repeated or out of order";
      before = number;
    }
    if (left_before.contains(peer)) {
      ASSERT_LE(before, left_before[peer]) << "peer " << peer << " heard after leaving";
    }
  }
  const std::string stayed = heard_there(places_[0]);
  EXPECT_EQ(std::count(stayed.begin(), stayed.end(), ';'), kRounds);
  EXPECT_EQ(room_counters().memberships.value(),
            kMembers * (others_.size() + 1) - left_before.size());
}

TEST_F(LargeRoom, ASmallRoomDoesNotWaitForLargeOnes) {
  fill();
  fill_others(6);
  const std::size_t stranger = open_peer();
  in_turn([&] {
    const RoomHandle small = rooms().join(session(stranger), "small", true).room;
    EXPECT_TRUE(say(places_[0], room_, "large"));
    for (const RoomHandle other : others_) EXPECT_TRUE(say(places_[0], other, "."));
    EXPECT_TRUE(say(stranger, small, "small"));
    EXPECT_EQ(rooms().fan_out(), engine::StepResult::more) << "the large ones are not done";
    EXPECT_GT(queued(stranger), 0U) << "but the small one is";
  });
  ASSERT_TRUE(awaits_frames(stranger, 1));
}

}  // namespace
}  // namespace sim
