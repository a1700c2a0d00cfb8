#include "engine/shard/lanes.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <thread>

namespace engine {
namespace {

TEST(Lanes, EachOrderedPairHasItsOwn) {
  Lanes lanes;
  ASSERT_TRUE(lanes.open(3).ok());
  EXPECT_EQ(lanes.shards(), 3U);
  ASSERT_TRUE(lanes.lane(0, 1).try_push({.kind = 7}));
  EXPECT_FALSE(lanes.lane(0, 1).empty());
  EXPECT_TRUE(lanes.lane(1, 0).empty());
  EXPECT_TRUE(lanes.lane(0, 2).empty());
}

TEST(Lanes, OnlyTheFirstSenderRingsASleeper) {
  Lanes lanes;
  ASSERT_TRUE(lanes.open(2).ok());
  EXPECT_FALSE(lanes.must_ring(1));
  lanes.fall_asleep(1);
  EXPECT_TRUE(lanes.must_ring(1));
  EXPECT_FALSE(lanes.must_ring(1));
  lanes.fall_asleep(1);
  lanes.wake_up(1);
  EXPECT_FALSE(lanes.must_ring(1));
}

// The invariant that nobody sleeps over a message: the consumer sleeps for real, on a flag that
// only a ring sets, so one missed wake-up would hang the test.
TEST(Lanes, NoWakeUpIsMissed) {
  constexpr std::uint32_t kMessages = 20'000;
  Lanes lanes;
  ASSERT_TRUE(lanes.open(2).ok());
  std::atomic<bool> bell{false};
  std::thread producer([&] {
    for (std::uint32_t i = 0; i < kMessages; ++i) {
      while (!lanes.lane(0, 1).try_push({.kind = 0, .number = i})) std::this_thread::yield();
      lanes.announce(0, 1);
      if (lanes.must_ring(1)) {
        bell.store(true);
        bell.notify_one();
      }
    }
  });
  std::uint32_t received = 0;
  while (received < kMessages) {
    static_cast<void>(lanes.take_announced(1, 0));
    lanes.lane(0, 1).drain(base::kLaneEntries, [&](const ShardMessage& message) {
      EXPECT_EQ(message.number, received);
      ++received;
    });
    if (received == kMessages) break;
    lanes.fall_asleep(1);
    if (!lanes.anything_announced(1)) {
      bell.wait(false);
      bell.store(false);
    }
    lanes.wake_up(1);
  }
  producer.join();
  EXPECT_EQ(received, kMessages);
}

TEST(Lanes, TellsWhoAnnouncedOnce) {
  Lanes lanes;
  ASSERT_TRUE(lanes.open(70).ok());
  EXPECT_FALSE(lanes.anything_announced(3));
  lanes.announce(0, 3);
  lanes.announce(69, 3);
  lanes.announce(5, 4);
  EXPECT_TRUE(lanes.anything_announced(3));
  EXPECT_EQ(lanes.take_announced(3, 0), 1U);
  EXPECT_EQ(lanes.take_announced(3, 1), std::uint64_t{1} << 5U);
  EXPECT_FALSE(lanes.anything_announced(3));
  EXPECT_EQ(lanes.take_announced(4, 0), std::uint64_t{1} << 5U);
}

}  // namespace
}  // namespace engine
