// What time does to sessions: heartbeats, idleness, drain; every part played by hand.
#include <gtest/gtest.h>

#include "tests/sim/hand_test.h"

namespace sim {
namespace {

using engine::CloseReason;

class SessionsTimers : public HandTest {
 protected:
  std::size_t pings(std::size_t peer) {
    std::size_t count = 0;
    for (const auto& frame : clients_.frames(peer)) count += frame.first == 0x89 ? 1U : 0U;
    return count;
  }
};

// ---- Heartbeat ------------------------------------------------------------------------------

TEST_F(SessionsTimers, WhoIsSilentIsPingedAndThenDropped) {
  start({.heartbeat_interval = seconds{10}});
  const std::size_t peer = open_peer();
  EXPECT_FALSE(until([&] { return pings(peer) > 0; }, seconds{9}));
  ASSERT_TRUE(until([&] { return pings(peer) == 1; }, seconds{12}));
  EXPECT_FALSE(until([&] { return clients_.ended(peer); }, seconds{9})) << "it has an interval";
  ASSERT_TRUE(until([&] { return clients_.ended(peer); }, seconds{2}));
  ASSERT_TRUE(until([&] { return shard().closes.size() == 1; }));
  EXPECT_EQ(shard().closes[0].info.reason, CloseReason::heartbeat_timeout);
  EXPECT_EQ(shard().closes[0].info.code, 1006U);
  EXPECT_EQ(counters().pings_sent.value(), 1U);
}

TEST_F(SessionsTimers, WhoAnswersIsPingedOncePerIntervalAndStays) {
  start({.heartbeat_interval = seconds{10}});
  const std::size_t peer = open_peer();
  for (std::size_t answered = 0; answered < 10; ++answered) {
    ASSERT_TRUE(until([&] { return pings(peer) > answered; }, seconds{21})) << answered;
    clients_.send(peer, frame(0xA, ""));
    pass(milliseconds{100});
  }
  EXPECT_FALSE(clients_.ended(peer));
  EXPECT_EQ(counters().pongs_received.value(), 10U);
}

// The host was stopped: what the peer said meanwhile is there, but not read, when the shard goes
// on.
TEST_F(SessionsTimers, NobodyIsDroppedForWhatAShardThatStoodStillDidNotRead) {
  start({.heartbeat_interval = seconds{10}});
  const std::size_t peer = open_peer();
  ASSERT_TRUE(until([&] { return pings(peer) == 1; }, seconds{21}));
  clients_.send(peer, frame(0xA, ""));
  clients_.pump();
  world_.network().advance_to(world_.now() + seconds{30});
  pass(seconds{5});
  EXPECT_EQ(counters().stalls.value(), 1U);
  EXPECT_FALSE(clients_.ended(peer));
  EXPECT_EQ(counters().pongs_received.value(), 1U);
  EXPECT_TRUE(until([&] { return clients_.ended(peer); }, seconds{31})) << "excused once";
}

TEST_F(SessionsTimers, NobodyIsIdleWhoSpokeWhileTheShardStoodStill) {
  start({.heartbeat_interval = seconds{0}, .idle_timeout = seconds{10}});
  const std::size_t peer = open_peer();
  pass(seconds{5});
  clients_.send(peer, text_frame("here"));
  clients_.pump();
  world_.network().advance_to(world_.now() + seconds{30});
  EXPECT_FALSE(until([&] { return close_code(peer) != 0; }, seconds{8}));
  EXPECT_TRUE(until([&] { return close_code(peer) == 1000; }, seconds{10}));
}

TEST_F(SessionsTimers, ARequestThatAShardDidNotReadInTimeIsAnsweredAllTheSame) {
  start({.handshake_timeout = seconds{10}});
  const std::size_t peer = dial();
  clients_.send(peer, request_text());
  clients_.pump();
  world_.network().advance_to(world_.now() + seconds{30});
  EXPECT_TRUE(until([&] { return clients_.status_line(peer) == kSwitching; }));
}

TEST_F(SessionsTimers, WhoTalksIsNotPinged) {
  start({.heartbeat_interval = seconds{10}});
  const std::size_t peer = open_peer();
  for (int i = 0; i < 12; ++i) {
    pass(seconds{5});
    clients_.send(peer, text_frame("here"));
  }
  EXPECT_EQ(pings(peer), 0U);
}

TEST_F(SessionsTimers, EvenAPartOfAMessageIsASignOfLife) {
  start({.heartbeat_interval = seconds{10}});
  const std::size_t peer = open_peer();
  const std::string slow = text_frame("a slow message");
  for (const char byte : slow) {
    pass(seconds{8});
    clients_.send(peer, {&byte, 1});
  }
  EXPECT_TRUE(until([&] { return shard().messages.size() == 1; }));
  EXPECT_EQ(pings(peer), 0U);
}

TEST_F(SessionsTimers, WithoutAnIntervalNobodyIsPinged) {
  start({.heartbeat_interval = seconds{0}});
  const std::size_t peer = open_peer();
  pass(std::chrono::hours{1});
  EXPECT_TRUE(clients_.frames(peer).empty());
  EXPECT_FALSE(clients_.ended(peer));
}

// The sweep's pace depends on how many sessions there are; a peer's time to answer must not.
TEST_F(SessionsTimers, ManyNewcomersDoNotShortenTheTimeToAnswer) {
  start({.heartbeat_interval = seconds{10}});
  const std::size_t first = open_peer();
  const std::size_t second = open_peer();
  ASSERT_TRUE(until([&] { return pings(second) == 1; }, seconds{25}));
  const base::Instant pinged = world_.now();
  for (int i = 0; i < 300; ++i) clients_.connect(group_->bound()[0]);
  peers_ += 300;
  EXPECT_TRUE(until([&] { return clients_.ended(second); }, seconds{30}));
  EXPECT_GE(world_.now() - pinged, milliseconds{9500});
  static_cast<void>(first);
}

// ---- Idleness -------------------------------------------------------------------------------

TEST_F(SessionsTimers, WhoSaysNothingForTooLongIsClosed) {
  start({.heartbeat_interval = seconds{20}, .idle_timeout = seconds{10}});
  const std::size_t peer = open_peer();
  for (int i = 0; i < 3; ++i) {
    pass(seconds{8});
    clients_.send(peer, text_frame("still here"));
  }
  const base::Instant last = world_.now();
  while (!clients_.ended(peer) && close_code(peer) == 0) {
    clients_.send(peer, frame(0xA, ""));  // Pongs are life, but no activity.
    pass(milliseconds{500});
    ASSERT_LT(world_.now() - last, seconds{20});
  }
  EXPECT_GE(world_.now() - last, seconds{9});
  EXPECT_EQ(close_code(peer), 1000U);
  clients_.send(peer, close_frame(1000));
  ASSERT_TRUE(until([&] { return shard().closes.size() == 1; }));
  EXPECT_EQ(shard().closes[0].info.reason, CloseReason::idle_timeout);
}

TEST_F(SessionsTimers, IdlenessEndsWithoutHeartbeatsToo) {
  start({.heartbeat_interval = seconds{0}, .idle_timeout = seconds{10}});
  const std::size_t peer = open_peer();
  EXPECT_FALSE(until([&] { return close_code(peer) != 0; }, seconds{8}));
  EXPECT_TRUE(until([&] { return close_code(peer) == 1000; }, seconds{13}));
}

TEST_F(SessionsTimers, AnIdleTimeoutMayBeShorterThanTheHeartbeat) {
  start({.heartbeat_interval = seconds{600}, .idle_timeout = milliseconds{1500}});
  const std::size_t peer = open_peer();
  EXPECT_FALSE(until([&] { return close_code(peer) != 0; }, seconds{1}));
  EXPECT_TRUE(until([&] { return close_code(peer) == 1000; }, seconds{4}));
}

TEST_F(SessionsTimers, AnIdleTimeoutBelowASecondIsOneToo) {
  start({.heartbeat_interval = seconds{600}, .idle_timeout = milliseconds{300}});
  const std::size_t peer = open_peer();
  EXPECT_TRUE(until([&] { return close_code(peer) == 1000; }, seconds{4}));
}

// ---- Drain ----------------------------------------------------------------------------------

TEST_F(SessionsTimers, ADrainSaysGoodbyeInWavesAndEndsTheShard) {
  start({.close_timeout = seconds{4}});
  constexpr std::size_t kPeers = 200;
  for (std::size_t i = 0; i < kPeers; ++i) open_peer();
  const std::size_t stranger = dial();  // Has not asked for anything yet.
  group_->drain(seconds{20});
  std::size_t told = 0;
  std::size_t largest_wave = 0;
  const base::Instant began = world_.now();
  while (told < kPeers && world_.now() - began < seconds{15}) {
    pass(milliseconds{250});
    std::size_t now_told = 0;
    for (std::size_t peer = 0; peer < kPeers; ++peer) {
      now_told += close_code(peer) == 1001 ? 1U : 0U;
    }
    largest_wave = std::max(largest_wave, now_told - told);
    told = now_told;
  }
  EXPECT_EQ(told, kPeers);
  EXPECT_LT(largest_wave, kPeers / 10);
  EXPECT_GT(world_.now() - began, seconds{8});
  for (std::size_t peer = 0; peer < kPeers; ++peer) clients_.send(peer, close_frame(1001));
  const auto& only = *group_->shards()[0];
  EXPECT_TRUE(until([&] { return world_.ended(only); }, seconds{3})) << "well before its time";
  EXPECT_TRUE(clients_.ended(stranger));
  for (const auto& close : shard().closes) {
    EXPECT_EQ(close.info.reason, CloseReason::draining);
  }
  EXPECT_EQ(shard().closes.size(), kPeers);
}

TEST_F(SessionsTimers, ADrainTakesNoLongerThanItsGrace) {
  start({.close_timeout = seconds{60}});
  open_peer();
  group_->drain(seconds{2});
  const auto& only = *group_->shards()[0];
  EXPECT_FALSE(until([&] { return world_.ended(only); }, milliseconds{1900}));
  EXPECT_TRUE(until([&] { return world_.ended(only); }, milliseconds{200}));
  group_.reset();  // What did not go by itself goes with the shard: TearDown() has nothing to see.
}

TEST_F(SessionsTimers, WhoAsksWhileWeDrainIsSentElsewhere) {
  start({.handshake_timeout = seconds{30}});
  const std::size_t keeper = open_peer();
  const std::size_t peer = dial();
  clients_.send(peer, request_text().substr(0, 30));
  pass(milliseconds{10});
  group_->drain(seconds{20});
  pass(milliseconds{1});
  clients_.send(peer, request_text().substr(30));
  ASSERT_TRUE(until([&] { return clients_.ended(peer); }, seconds{2}));
  EXPECT_EQ(clients_.status_line(peer), "HTTP/1.1 503 Service Unavailable");
  EXPECT_EQ(closed_for(CloseReason::draining), 1U);
  clients_.send(keeper, close_frame(1000));
}

}  // namespace
}  // namespace sim
