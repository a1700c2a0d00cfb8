// Mailboxes between shards that are turned by hand: order, full lanes, bells.
#include "engine/shard/mailbox.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "tests/sim/network.h"
#include "tests/sim/sim_driver.h"

namespace sim {
namespace {

using engine::Mailbox;
using engine::ShardMessage;

// Two mailboxes with their reactors; no shard stands around them.
class MailboxTest : public testing::Test {
 protected:
  struct End {
    End(engine::Lanes& lanes, std::uint32_t number) {
      engine::DriverOptions options;
      options.shard = number;
      options.descriptors = 4;
      options.receive_buffers = 1;
      options.receive_buffer_bytes = 64;
      driver = engine::SimDriver::open(options).take();
      reactor = std::make_unique<engine::Reactor>(*driver);
      mailbox = std::make_unique<Mailbox>(*reactor, lanes, number);
    }
    std::unique_ptr<engine::SimDriver> driver;
    std::unique_ptr<engine::Reactor> reactor;
    std::unique_ptr<Mailbox> mailbox;
  };

  MailboxTest() {
    EXPECT_TRUE(lanes_.open(3).ok());
    std::vector<engine::SimDriver*> drivers;
    for (std::uint32_t i = 0; i < 3; ++i) {
      ends_.push_back(std::make_unique<End>(lanes_, i));
      drivers.push_back(ends_.back()->driver.get());
    }
    for (engine::SimDriver* driver : drivers) {
      driver->meet(drivers);
      EXPECT_TRUE(driver->start().ok());
    }
  }

  Mailbox& box(std::size_t number) { return *ends_[number]->mailbox; }
  // The wakes that the driver hands out now.
  std::uint32_t wakes(std::size_t number) {
    // What the others staged is executed by a turn of theirs.
    std::vector<engine::Completion> out(16);
    for (const auto& end : ends_) {
      if (end != ends_[number]) end->driver->turn(out, base::Instant{});
    }
    network_.advance_to(network_.now() + std::chrono::seconds{1});
    const std::uint32_t count = ends_[number]->driver->turn(out, base::Instant{});
    for (std::uint32_t i = 0; i < count; ++i) {
      EXPECT_EQ(out[i].tag.kind, engine::OperationKind::wake);
    }
    return count;
  }

  Network network_{5};
  engine::Lanes lanes_;
  std::vector<std::unique_ptr<End>> ends_;
};

TEST_F(MailboxTest, WhatALaneCannotTakeWaitsInOrder) {
  constexpr std::uint64_t kMessages = 3 * base::kLaneEntries + 10;
  for (std::uint64_t i = 0; i < kMessages; ++i) box(0).send(1, {.number = i});
  EXPECT_TRUE(box(0).congested());
  EXPECT_EQ(box(0).counters().lane_full.value(), kMessages - base::kLaneEntries);
  box(0).send(2, {.number = 77});  // Another lane is not held up.
  std::uint64_t next = 0;
  for (int turn = 0; turn < 4; ++turn) {
    box(0).flush();
    const auto result =
        box(1).drain([&](const ShardMessage& message) { EXPECT_EQ(message.number, next++); });
    EXPECT_EQ(result == engine::StepResult::more, turn < 3) << turn;
  }
  EXPECT_EQ(next, kMessages);
  box(0).flush();
  EXPECT_FALSE(box(0).congested());
  EXPECT_EQ(box(0).counters().waiting.value(), 0U);
  std::uint64_t other = 0;
  box(2).drain([&](const ShardMessage& message) { other = message.number; });
  EXPECT_EQ(other, 77U);
}

TEST_F(MailboxTest, RingsASleeperOncePerTurnAndNobodyWhoIsAwake) {
  box(0).send(1, {});
  box(0).flush();
  EXPECT_EQ(box(0).counters().rings.value(), 0U) << "1 is awake";
  box(1).drain([](const ShardMessage&) {});
  ASSERT_TRUE(box(1).prepare_to_sleep());
  for (int i = 0; i < 5; ++i) box(0).send(1, {});
  EXPECT_EQ(wakes(1), 0U) << "not before the turn's end";
  box(0).flush();
  box(2).send(1, {});
  box(2).flush();
  EXPECT_EQ(wakes(1), 1U);
  box(0).flush();
  EXPECT_EQ(wakes(1), 0U);
}

TEST_F(MailboxTest, NobodyFallsAsleepOverAMessage) {
  box(0).send(1, {});
  box(0).flush();
  EXPECT_FALSE(box(1).prepare_to_sleep());
  EXPECT_EQ(box(0).counters().rings.value(), 0U) << "1 has seen it by itself";
  box(1).drain([](const ShardMessage&) {});
  EXPECT_TRUE(box(1).prepare_to_sleep());
  box(1).woke_up();
  box(0).send(1, {});
  box(0).flush();
  EXPECT_EQ(box(0).counters().rings.value(), 0U);
}

// What waits for a full lane is pushed, and rung for, by the flush that finds room.
TEST_F(MailboxTest, ASleeperIsRungForWhatWaited) {
  for (std::uint64_t i = 0; i < base::kLaneEntries + 1; ++i) box(0).send(1, {.number = i});
  box(0).flush();
  std::uint64_t last = 0;
  box(1).drain([&](const ShardMessage& message) { last = message.number; });
  EXPECT_EQ(last, base::kLaneEntries - 1);
  ASSERT_TRUE(box(1).prepare_to_sleep());
  box(0).flush();
  EXPECT_EQ(wakes(1), 1U);
}

TEST_F(MailboxTest, DroppingReleasesParcels) {
  engine::ParcelPool pool;
  engine::Parcel* parcel = pool.allocate(200'000);
  for (std::uint32_t i = 0; i < base::kLaneEntries; ++i) box(0).send(1, {});
  box(0).send(1, {.parcel = parcel});
  ASSERT_TRUE(box(0).congested());
  box(0).drop_waiting();
  EXPECT_FALSE(box(0).congested());
  pool.allocate(1)->release();
  pool.allocate(100'000)->release();
  EXPECT_LE(pool.existing(), 2U) << "the dropped one came back and was freed";
}

}  // namespace
}  // namespace sim
