// The memory budget: who is refused, conflated and closed as it fills, and that it empties again.
#include <gtest/gtest.h>

#include <string>

#include "base/bytes.h"
#include "tests/sim/hand_test.h"

namespace sim {
namespace {

using protocol::Opcode;

constexpr std::uint64_t kBudget = std::uint64_t{1} << 20;
constexpr std::string_view kUnavailable = "HTTP/1.1 503 Service Unavailable";

class MemoryTest : public HandTest {
 protected:
  void start_with_budget() {
    world_.network().set_window(4096);
    start({.send_queue_bytes_max = 64 << 20}, 1, 100'000, {}, kBudget);
  }
  // A peer that reads nothing.
  std::size_t open_slow() {
    const std::size_t before = shard().opened.size();
    const std::size_t peer = dial(false);
    clients_.send(peer, request_text());
    EXPECT_TRUE(until([&] { return shard().opened.size() == before + 1; }));
    return peer;
  }
  void queue(std::size_t session, std::size_t bytes) {
    in_turn([&] {
      const std::string message(16'000, 'm');
      for (std::size_t sent = 0; sent < bytes; sent += message.size()) {
        static_cast<void>(
            sessions().send(shard().opened[session], Opcode::text, base::as_bytes(message)));
      }
    });
    pass(milliseconds{5});
  }
  std::uint64_t level() { return shard().memory_counters().level.value(); }
};

TEST_F(MemoryTest, NewConnectionsAreRefusedFirst) {
  start_with_budget();
  const std::size_t slow = open_slow();
  queue(0, kBudget * 85 / 100);
  EXPECT_EQ(level(), 1U);
  const std::size_t late = dial();
  clients_.send(late, request_text());
  ASSERT_TRUE(until([&] { return clients_.ended(late); }));
  EXPECT_EQ(clients_.status_line(late), kUnavailable);
  EXPECT_NE(clients_.received(late).find("Retry-After: "), std::string::npos);
  EXPECT_EQ(closed_for(engine::CloseReason::memory_full), 1U);
  EXPECT_EQ(shard().memory_counters().closed.value(), 0U);
  clients_.read(slow);
  ASSERT_TRUE(until([&] { return level() == 0; }, seconds{20}));
  open_peer();
}

TEST_F(MemoryTest, TheSessionThatHoldsMostIsClosedAndNoMore) {
  start_with_budget();
  open_slow();
  const std::size_t slowest = open_slow();
  const std::size_t fine = open_peer();
  queue(0, kBudget * 30 / 100);
  queue(1, kBudget * 80 / 100);
  ASSERT_TRUE(until([&] { return shard().memory_counters().closed.value() == 1; }));
  clients_.read(slowest);
  ASSERT_TRUE(until([&] { return close_code(slowest) == 1013; }, seconds{20}));
  EXPECT_EQ(clients_.frames(slowest).back().payload.substr(2), "memory full");
  pass(seconds{1});
  EXPECT_EQ(level(), 0U);
  EXPECT_EQ(shard().memory_counters().closed.value(), 1U);
  EXPECT_EQ(shard().closes.size(), 1U);
  queue(2, 100);
  EXPECT_TRUE(awaits_frames(fine, 1));
}

TEST_F(MemoryTest, WhoSendsHalfOfALargeMessageHoldsMemoryToo) {
  start_with_budget();
  for (int i = 0; i < 3; ++i) open_peer();
  for (std::size_t peer = 0; peer < 3; ++peer) {
    clients_.send(peer, frame(0x2, std::string(600'000, 'h')).substr(0, 500'000));
  }
  pass(seconds{5});
  EXPECT_GT(shard().memory_counters().closed.value(), 0U);
  EXPECT_EQ(closed_for(engine::CloseReason::memory_full), shard().memory_counters().closed.value());
  ASSERT_TRUE(until([&] { return level() < 3; }, seconds{20}));
}

// What was counted is given back: after many ways of coming and going nothing is held.
TEST_F(MemoryTest, NothingIsHeldWhenNothingIsUnderWay) {
  start_with_budget();
  const std::size_t peer = open_peer();
  const std::string message = frame(0x2, std::string(50'000, 'x'));
  clients_.send(peer, message.substr(0, 20'000));
  pass(milliseconds{500});
  EXPECT_GT(shard().memory_counters().held_bytes.value(), 15'000U);
  clients_.send(peer, message.substr(20'000));
  ASSERT_TRUE(until([&] { return shard().messages.size() == 1; }));
  clients_.send(dial(), "GET / HTTP");
  const std::size_t half = open_peer();
  clients_.send(half, message.substr(0, 10'000));
  pass(milliseconds{100});
  clients_.close(half);
  pass(seconds{30});
  clients_.send(peer, text_frame("turn"));
  ASSERT_TRUE(until([&] { return shard().messages.size() == 2; }));
  EXPECT_EQ(shard().memory_counters().held_bytes.value(), 0U);
  EXPECT_EQ(sessions().held_bytes(), 0U);
}

}  // namespace
}  // namespace sim
