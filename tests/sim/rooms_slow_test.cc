// What rooms do for members that read too slowly, by policy, every part played by hand.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/bytes.h"
#include "tests/sim/hand_test.h"

namespace sim {
namespace {

using engine::RoomHandle;
using engine::SessionId;
using protocol::Opcode;

constexpr std::size_t kMessageBytes = 4000;

class SlowMembers : public HandTest {
 protected:
  // Peer 0 reads nothing until told; peer 1 reads along.
  void start_with(std::string_view rule, const engine::SessionOptions& options = {}) {
    world_.network().set_window(4096);
    engine::RoomOptions rooms;
    if (!rule.empty()) {
      ASSERT_TRUE(rooms.policies.add(rule).ok());
    }
    rooms.keys_per_room_max = 4;
    start(options, 1, 100'000, rooms);
    clients_.send(dial(false), request_text());
    ASSERT_TRUE(until([&] { return shard().opened.size() == 1; }));
    open_peer();
    room_ = join(0, "r");
    join(1, "r");
  }
  RoomHandle join(std::size_t peer, std::string_view name) {
    RoomHandle room{};
    in_turn([&] { room = rooms().join(session(peer), name, true).room; });
    return room;
  }
  SessionId session(std::size_t peer) { return shard().opened[peer]; }
  // Each in a turn of its own, so that the reader keeps up.
  void publish(const std::string& text, std::uint64_t key = 0) {
    in_turn([&] {
      EXPECT_TRUE(rooms().publish(session(1), room_, Opcode::text, base::as_bytes(padded(text)),
                                  {.key = key}));
    });
    ++published_;
    EXPECT_TRUE(awaits_frames(1, published_, seconds{20}));
  }
  static std::string padded(const std::string& text) {
    return text + std::string(kMessageBytes - text.size(), '.');
  }
  std::vector<std::string> texts(std::size_t peer) {
    std::vector<std::string> all;
    for (const auto& frame : clients_.frames(peer)) {
      all.push_back(frame.payload.substr(0, frame.payload.find('.')));
    }
    return all;
  }
  const engine::RoomCounters& counted() { return shard().room_counters(); }
  // The slow one reads until nothing more comes.
  void let_it_read() {
    clients_.read(0);
    pass(seconds{5});
  }

  RoomHandle room_{};
  std::size_t published_ = 0;
};

TEST_F(SlowMembers, InALatestRoomGetTheNewestOfEachKeyAndStay) {
  start_with("r=latest");
  for (int i = 1; i <= 100; ++i) publish("a" + std::to_string(i), 1);
  publish("b", 2);
  for (int i = 101; i <= 150; ++i) publish("a" + std::to_string(i), 1);
  EXPECT_GT(counted().deliveries_conflated.value(), 100U);
  EXPECT_EQ(counted().deliveries_caught_up.value(), 0U);
  EXPECT_LE(sessions().queued_cost(session(0).slot),
            base::kConflateAboveBytesDefault + 2 * kMessageBytes);
  let_it_read();
  const std::vector<std::string> heard = texts(0);
  ASSERT_GE(heard.size(), 12U);
  ASSERT_LE(heard.size(), 30U);
  for (std::size_t i = 0; i + 2 < heard.size(); ++i) {
    EXPECT_EQ(heard[i], "a" + std::to_string(i + 1)) << "what it was given before it lagged";
  }
  EXPECT_EQ(heard[heard.size() - 2], "b");
  EXPECT_EQ(heard.back(), "a150");
  EXPECT_EQ(counted().deliveries_caught_up.value(), 2U);
  publish("after", 1);
  ASSERT_TRUE(awaits_frames(0, heard.size() + 1));
  EXPECT_EQ(texts(0).back(), "after");
  EXPECT_EQ(counted().deliveries.value() + counted().deliveries_conflated.value(), 2 * published_);
  EXPECT_EQ(clients_.frames(1).size(), published_);
  EXPECT_TRUE(shard().closes.empty());
}

TEST_F(SlowMembers, OfTooManyKeysTheOldestGiveWayAndAreCounted) {
  start_with("r=latest");
  for (int i = 1; i <= 40; ++i) publish("fill" + std::to_string(i), 1);
  for (std::uint64_t key = 2; key <= 9; ++key) publish("k" + std::to_string(key), key);
  EXPECT_EQ(counted().keys_evicted.value(), 5U);
  let_it_read();
  const std::vector<std::string> heard = texts(0);
  ASSERT_GT(heard.size(), 4U);
  EXPECT_EQ((std::vector<std::string>(heard.end() - 4, heard.end())),
            (std::vector<std::string>{"k6", "k7", "k8", "k9"}));
}

TEST_F(SlowMembers, InALatestRoomWhoLeavesAndJoinsAnewStartsAfresh) {
  start_with("r=latest");
  for (int i = 1; i <= 60; ++i) publish("a" + std::to_string(i), 1);
  EXPECT_GT(counted().deliveries_conflated.value(), 0U);
  in_turn([&] { rooms().leave(session(0), room_); });
  join(0, "r");
  const std::uint64_t caught_up = counted().deliveries_caught_up.value();
  let_it_read();
  EXPECT_EQ(counted().deliveries_caught_up.value(), caught_up) << "values from before it joined";
  publish("new", 1);
  ASSERT_TRUE(until([&] { return texts(0).back() == "new"; }));
}

TEST_F(SlowMembers, InALatestRoomWhoGoesWhileItLagsIsForgotten) {
  start_with("r=latest");
  for (int i = 1; i <= 60; ++i) publish("a" + std::to_string(i), 1);
  clients_.close(0);
  ASSERT_TRUE(until([&] { return shard().closes.size() == 1; }, seconds{20}));
  publish("goes on", 1);
  EXPECT_EQ(counted().memberships.value(), 1U);
}

TEST_F(SlowMembers, InAnEphemeralRoomMissMessagesAndStay) {
  start_with("r=ephemeral");
  for (int i = 1; i <= 100; ++i) publish(std::to_string(i));
  EXPECT_GT(counted().deliveries_skipped.value(), 80U);
  EXPECT_LE(sessions().queued_cost(session(0).slot),
            base::kDropAboveBytesDefault + 2 * kMessageBytes);
  let_it_read();
  const std::size_t heard = texts(0).size();
  EXPECT_EQ(heard + counted().deliveries_skipped.value(), published_);
  publish("after");
  ASSERT_TRUE(awaits_frames(0, heard + 1));
  EXPECT_EQ(texts(0).back(), "after");
  EXPECT_TRUE(shard().closes.empty());
}

TEST_F(SlowMembers, InAReliableRoomAreToldTheLastNumberThatTheyWereGiven) {
  start_with("", {.send_queue_bytes_max = 64 << 10});
  while (counted().deliveries_dropped.value() == 0) publish(std::to_string(published_ + 1));
  let_it_read();
  EXPECT_EQ(close_code(0), 1013U);
  const auto frames = clients_.frames(0);
  const std::size_t given = frames.size() - 1;
  EXPECT_EQ(given, published_ - 1) << "all but the message that found the queue full";
  EXPECT_EQ(frames.back().payload.substr(2), "slow: last=" + std::to_string(given));
}

TEST_F(SlowMembers, InSeveralReliableRoomsAreToldTheLastNumberOfEach) {
  start_with("quiet*=latest", {.send_queue_bytes_max = 64 << 10});
  const RoomHandle other = join(0, "b c");
  join(0, "quiet");
  in_turn([&] {
    for (int i = 0; i < 3; ++i) {
      EXPECT_TRUE(rooms().publish(session(0), other, Opcode::text, base::as_bytes(padded("o"))));
    }
  });
  while (counted().deliveries_dropped.value() == 0) publish(std::to_string(published_ + 1));
  let_it_read();
  EXPECT_EQ(close_code(0), 1013U);
  EXPECT_EQ(clients_.frames(0).back().payload.substr(2),
            "slow: last=" + std::to_string(published_ - 1) + " room=r; last=3 room=b%20c");
}

TEST_F(SlowMembers, OfWhomIsWatchedTheHandlerHearsOnce) {
  start_with("", {.send_queue_bytes_max = 1 << 20});
  while (sessions().queued_cost(session(0).slot) < 100'000) publish("x");
  in_turn([&] { sessions().watch(session(0).slot); });
  EXPECT_TRUE(shard().drained.empty());
  let_it_read();
  EXPECT_EQ(shard().drained, std::vector<SessionId>{session(0)});
}

TEST_F(SlowMembers, AreNotToldOfRoomsOfTheApplication) {
  start_with("", {.send_queue_bytes_max = 64 << 10});
  join(0, "everybody\x01");
  while (counted().deliveries_dropped.value() == 0) publish(std::to_string(published_ + 1));
  let_it_read();
  EXPECT_EQ(clients_.frames(0).back().payload.substr(2),
            "slow: last=" + std::to_string(published_ - 1));
}

TEST_F(SlowMembers, ASlowMemberWithoutARoomIsToldSo) {
  start_with("", {.send_queue_bytes_max = 64 << 10});
  in_turn([&] {
    rooms().leave(session(0), room_);
    while (sessions().send(session(0), Opcode::text, base::as_bytes(padded("x"))) ==
           engine::SendResult::queued) {
    }
  });
  let_it_read();
  EXPECT_EQ(clients_.frames(0).back().payload.substr(2), "send queue full");
}

}  // namespace
}  // namespace sim
