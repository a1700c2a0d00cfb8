// Receiving: who is paused, who is parked, who gets large buffers, and what happens when they run
// out.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "tests/engine/connection/connections_fixture.h"

namespace engine {
namespace {

// ---- Pausing ------------------------------------------------------------------------------------

TEST_F(ConnectionsTest, WhoIsPausedIsNotReadUntilItIsResumed) {
  const auto [there, here] = connect();
  client_.send(there, "before");
  until([&] { return server_.of(here).bytes == "before"; });
  server_.connections().pause(here);
  settle();
  EXPECT_EQ(server_.driver().operations_in_flight(), 0U);
  client_.send(there, "meanwhile");
  settle();
  EXPECT_EQ(server_.of(here).bytes, "before");
  server_.send(here, "still sends");
  until([&] { return client_.of(there).bytes == "still sends"; });
  server_.connections().resume(here);
  until([&] { return server_.of(here).bytes == "beforemeanwhile"; });
  expect_all_quiet();
}

TEST_F(ConnectionsTest, WhoIsPausedNoticesItsPeersEndWhenItIsResumed) {
  const auto [there, here] = connect();
  server_.connections().pause(here);
  client_.send(there, "last words");
  client_.connections().finish(there);
  settle();
  EXPECT_FALSE(server_.of(here).ended);
  server_.connections().resume(here);
  until([&] { return server_.of(here).released; });
  EXPECT_EQ(server_.of(here).bytes, "last words");
  expect_all_quiet();
}

TEST_F(ConnectionsTest, WhoIsPausedCanBeClosed) {
  const auto [there, here] = connect();
  server_.connections().pause(here);
  server_.connections().abort(here);
  until([&] { return server_.of(here).released && client_.of(there).released; });
  server_.connections().resume(here);
  expect_all_quiet();
}

// ---- Parking ------------------------------------------------------------------------------------

// A host that sweeps its connections, with one from the client.
class SweptTest : public ConnectionsTest {
 protected:
  SweptTest(base::Duration sweep, std::uint32_t receive_buffer_bytes)
      : swept_(network_, 8, sweep, receive_buffer_bytes), swept_address_(swept_.listen()) {
    swept_.connections().start(network_.now());
    client_.connections().connect(swept_address_, 7);
    turn_both([&] { return !swept_.opened.empty() && !client_.opened.empty(); });
  }

  template <typename Condition>
  void turn_both(Condition&& condition) {
    turn_until(network_, swept_, client_, condition);
  }
  void pass(base::Duration time) {
    const base::Instant end = network_.now() + time;
    turn_both([&] { return network_.now() >= end; });
  }

  Host swept_;
  Address swept_address_;
};

class ParkingTest : public SweptTest {
 protected:
  ParkingTest() : SweptTest(kParkAfter, 64) {}

  void say(std::string_view text) {
    said_ += text;
    client_.send(client_.opened[0], std::string(text));
    turn_both([&] { return parking_.of(parking_.opened[0]).bytes == said_; });
  }
  bool warm() { return parking_.connections().record(parking_.opened[0].slot).warm; }

  static constexpr milliseconds kParkAfter{100};
  Host& parking_ = swept_;
  std::string said_;
};

TEST_F(ParkingTest, TheSecondMessageOfAnIntervalWarmsUpAndSilenceParks) {
  EXPECT_FALSE(warm());
  say("a");
  EXPECT_FALSE(warm());
  say("b");
  EXPECT_TRUE(warm());
  EXPECT_EQ(parking_.counters().warmed.value(), 1U);
  pass(3 * kParkAfter);
  EXPECT_FALSE(warm());
  EXPECT_EQ(parking_.counters().parked.value(), 1U);
  EXPECT_EQ(parking_.driver().operations_in_flight(), 1U);  // The poll.
  say("c");
  EXPECT_FALSE(warm());
  say("d");
  EXPECT_TRUE(warm());
}

TEST_F(ParkingTest, AMessagePerIntervalLeavesItParked) {
  for (int i = 0; i < 5; ++i) {
    say("pong");
    pass(kParkAfter);
  }
  EXPECT_FALSE(warm());
  EXPECT_EQ(parking_.counters().warmed.value(), 0U);
}

TEST_F(ParkingTest, WhoTalksAllTheTimeIsNeverParked) {
  for (int i = 0; i < 20; ++i) {
    say("talk");
    pass(kParkAfter / 4);
  }
  EXPECT_EQ(parking_.counters().warmed.value(), 1U);
  EXPECT_EQ(parking_.counters().parked.value(), 0U);
}

TEST_F(ParkingTest, AParkedConnectionHearsItsPeersEnd) {
  pass(3 * kParkAfter);
  const ConnectionId here = parking_.opened[0];
  client_.connections().finish(client_.opened[0]);
  turn_both([&] { return parking_.of(here).ended; });
  EXPECT_EQ(parking_.of(here).outcome, Outcome::success);
  parking_.connections().finish(here);
  turn_both([&] { return parking_.of(here).released; });
}

TEST_F(ParkingTest, AParkedConnectionCanBeAborted) {
  pass(3 * kParkAfter);
  const ConnectionId here = parking_.opened[0];
  parking_.connections().abort(here);
  turn_both([&] { return parking_.of(here).released; });
  EXPECT_EQ(parking_.counters().stale_completions.value(), 0U);
}

// ---- Receive buffers ----------------------------------------------------------------------------

TEST_F(ConnectionsTest, AHostThatHoldsItsInputStopsReadingAndLosesNothing) {
  const auto [there, here] = connect();
  client_.send(there, "w");  // From the second receive on it is a multishot.
  settle();
  const std::string text(5000, 'h');
  server_.holds_input = true;
  client_.send(there, text);
  settle();
  EXPECT_EQ(server_.driver().buffers_lent(), 4U);  // All of them wait.
  EXPECT_EQ(server_.of(here).bytes, "w");
  server_.holds_input = false;
  until([&] { return server_.of(here).bytes == "w" + text; });
  EXPECT_GT(server_.counters().receive_buffers_exhausted.value(), 0U);
  expect_all_quiet();
}

TEST_F(ConnectionsTest, StarvedConnectionsAllHearInTheEnd) {
  std::vector<std::pair<ConnectionId, ConnectionId>> all;
  for (int i = 0; i < 7; ++i) all.push_back(connect());
  network_.faults().set(sim::Fault::completion_late, 0.5);
  network_.faults().set(sim::Fault::turn_partial, 0.5);
  network_.faults().set(sim::Fault::buffers_withheld, 0.3);
  for (int round = 0; round < 20; ++round) {
    for (const auto& ends : all) client_.send(ends.first, std::string(500, 's'));
  }
  for (const auto& ends : all) {
    until([&] { return server_.of(ends.second).bytes.size() == 10'000; });
  }
  EXPECT_GT(server_.counters().receive_buffers_exhausted.value(), 0U);
}

// Each of a crowd that tries again in vain costs a receive: not all of them do whenever one may.
TEST_F(ConnectionsTest, ACrowdOfStarvedConnectionsTriesAgainInNumbersThatFindBuffers) {
  constexpr std::uint32_t kCrowd = 300;
  Host crowded(network_, kCrowd + 8);
  Host crowd(network_, kCrowd + 8);
  const Address address = crowded.listen();
  const auto turn_until = [&](auto&& condition) {
    const base::Instant end = network_.now() + kPatience;
    while (!condition() && network_.now() < end) {
      crowded.turn();
      crowd.turn();
      network_.advance_to(network_.now() + std::chrono::microseconds{50});
    }
    EXPECT_TRUE(condition());
  };
  for (std::uint32_t i = 0; i < kCrowd; ++i) crowd.connections().connect(address, i);
  turn_until([&] { return crowd.opened.size() == kCrowd && crowded.opened.size() == kCrowd; });
  for (const ConnectionId id : crowd.opened) crowd.send(id, "all at once");
  turn_until([&] {
    return std::all_of(crowded.opened.begin(), crowded.opened.end(),
                       [&](ConnectionId id) { return crowded.of(id).bytes == "all at once"; });
  });
  EXPECT_GT(crowded.counters().receive_buffers_exhausted.value(), kCrowd / 2);
  EXPECT_LT(crowded.counters().receive_buffers_exhausted.value(), 4 * kCrowd);
}

// A receive starves, and is told so only after every buffer has come back: nobody will give one
// back any more, so it must not wait for that.
TEST_F(ConnectionsTest, StarvingAfterTheLastBufferCameBackIsNotForEver) {
  const auto [first, first_here] = connect();
  const auto [second, second_here] = connect();
  for (int round = 0; round < 50; ++round) {
    network_.faults().set(sim::Fault::buffers_withheld, 0.5);
    network_.faults().set(sim::Fault::completion_late, 0.5);
    client_.send(first, "x");
    client_.send(second, "y");
    until([&] {
      return server_.of(first_here).bytes.size() == static_cast<std::size_t>(round) + 1 &&
             server_.of(second_here).bytes.size() == static_cast<std::size_t>(round) + 1;
    });
  }
  EXPECT_GT(server_.counters().receive_buffers_exhausted.value(), 0U);
}

// ---- Small and large buffers --------------------------------------------------------------------

class BufferSizesTest : public SweptTest {
 protected:
  BufferSizesTest() : SweptTest(kSweep, 2 * base::kSmallReceiveBufferBytes) {
    roomy_.on_bytes = [this](ConnectionId, std::span<std::byte> bytes) {
      largest_ = std::max(largest_, bytes.size());
    };
  }

  // Says so much at once. Returns the largest chunk in which it arrived.
  std::size_t say(std::size_t bytes) {
    largest_ = 0;
    said_ += bytes;
    const std::string text(bytes, 'x');
    client_.send(client_.opened.front(), text);
    turn_both([&] { return roomy_.of(roomy_.opened.front()).bytes.size() == said_; });
    return largest_;
  }

  static constexpr base::Duration kSweep = seconds{2};
  static constexpr std::size_t kSmall = base::kSmallReceiveBufferBytes;
  Host& roomy_ = swept_;
  std::size_t largest_ = 0;
  std::size_t said_ = 0;
};

TEST_F(BufferSizesTest, WhoFillsASmallBufferGetsLargeOnes) {
  say(10);
  say(10);  // The second wakes it up: a multishot receive is armed.
  EXPECT_EQ(say(kSmall + 500), kSmall);
  EXPECT_EQ(roomy_.counters().widened.value(), 1U);
  EXPECT_EQ(say(kSmall + 500), kSmall + 500);
  EXPECT_EQ(roomy_.counters().widened.value(), 1U);
  settle();
  EXPECT_EQ(roomy_.driver().operations_in_flight(), 1U);
}

TEST_F(BufferSizesTest, WhoSaysOnlyLittleForAWhileGetsSmallOnesAgain) {
  say(10);
  say(10);
  say(kSmall + 500);
  say(kSmall + 500);
  for (int i = 0; i < 10; ++i) {  // Never silent, so it is not parked.
    say(10);
    pass(kSweep / 2);
  }
  EXPECT_EQ(say(kSmall + 500), kSmall);
  EXPECT_EQ(roomy_.counters().widened.value(), 2U);
  EXPECT_EQ(roomy_.counters().parked.value(), 0U);
}

TEST_F(BufferSizesTest, WhoGoesOnSayingMuchKeepsThem) {
  say(10);
  say(10);
  say(kSmall + 500);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(say(kSmall + 500), kSmall + 500);
    pass(kSweep / 2);
  }
  EXPECT_EQ(roomy_.counters().widened.value(), 1U);
}

}  // namespace
}  // namespace engine
