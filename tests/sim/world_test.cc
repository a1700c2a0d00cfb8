#include "tests/sim/world.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <vector>

#include "engine/shard/shard_group.h"
#include "tests/sim/fiber.h"

namespace sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(Fiber, PausesAndGoesOnWhereItStopped) {
  std::vector<int> notes;
  Fiber* inside = nullptr;
  Fiber fiber([&] {
    for (int i = 0; i < 3; ++i) {
      notes.push_back(i);
      inside->pause();
    }
    notes.push_back(9);
  });
  inside = &fiber;
  for (int i = 0; i < 3; ++i) {
    fiber.resume();
    EXPECT_FALSE(fiber.ended());
    EXPECT_EQ(notes.size(), static_cast<std::size_t>(i) + 1);
  }
  fiber.resume();
  EXPECT_TRUE(fiber.ended());
  EXPECT_EQ(notes, (std::vector{0, 1, 2, 9}));
}

TEST(Fiber, MayBeDroppedWhereItStands) {
  int entered = 0;
  for (int i = 0; i < 100; ++i) {
    std::unique_ptr<Fiber> fiber;
    fiber = std::make_unique<Fiber>([&] {
      ++entered;
      fiber->pause();
      ++entered;
    });
    fiber->resume();
  }
  EXPECT_EQ(entered, 100);
}

// Passes a message back and forth between shards, as often as it is told.
class Ping final : public engine::ShardProgram {
 public:
  Ping(engine::Shard& shard, int rounds, std::vector<int>& received)
      : shard_(shard), rounds_(rounds), received_(received) {}

  void on_start() override {
    if (shard_.number() == 0) send(1);
  }
  void on_shard_message(const engine::ShardMessage& message) override {
    received_.push_back(static_cast<int>(message.number));
    if (static_cast<int>(message.number) < rounds_) send(message.number + 1);
  }
  engine::StepResult expire(base::Instant /*now*/) override { return engine::StepResult::done; }
  base::Instant next_deadline() const override { return base::kForever; }
  engine::StepResult run_tasks() override { return engine::StepResult::done; }
  engine::ReceiveAllowance receives_allowed() const override { return {}; }
  void begin_drain(base::Instant /*now*/, base::Instant /*deadline*/) override { drained_ = true; }
  bool drained() const override { return drained_; }

 private:
  void send(std::uint64_t number) {
    shard_.mailbox().send(
        1 - shard_.number(),
        {.sender = static_cast<std::uint16_t>(shard_.number()), .number = number});
  }

  engine::Shard& shard_;
  int rounds_;
  std::vector<int>& received_;
  bool drained_ = false;
};

struct PingFactory final : engine::ShardProgramFactory {
  std::unique_ptr<engine::ShardProgram> make(engine::Shard& shard) override {
    return std::make_unique<Ping>(shard, rounds, received);
  }

  int rounds = 100;
  std::vector<int> received;
};

class WorldTest : public testing::Test {
 protected:
  // Runs two shards that pass messages, and answers the trace.
  std::uint64_t play(std::uint64_t seed, const FaultPlan& faults, PingFactory& factory) {
    World world(seed, faults);
    engine::ShardGroupOptions options;
    options.shards = 2;
    options.driver.descriptors = 4;
    auto group = engine::ShardGroup::open(options, factory).take();
    for (const auto& shard : group->shards()) world.add(*shard);
    const auto done = [&] {
      return factory.received.size() == static_cast<std::size_t>(factory.rounds);
    };
    EXPECT_TRUE(world.run_until(done, seconds{60}));
    EXPECT_FALSE(world.ended(*group->shards()[0]));
    group->drain(milliseconds{10});
    world.run_for(milliseconds{50});
    for (const auto& shard : group->shards()) EXPECT_TRUE(world.ended(*shard));
    const std::uint64_t trace = world.network().trace().hash();
    world.release();
    group.reset();
    return trace;
  }
};

TEST_F(WorldTest, SleepingShardsAreRung) {
  PingFactory factory;
  play(1, {}, factory);
  for (int i = 0; i < factory.rounds; ++i)
    EXPECT_EQ(factory.received[static_cast<std::size_t>(i)], i + 1);
}

TEST_F(WorldTest, RingsThatFailAreRungAgain) {
  for (std::uint64_t seed = 1; seed < 20; ++seed) {
    PingFactory factory;
    FaultPlan faults = FaultPlan::only(Fault::ring_fails, seed);
    faults.set(Fault::ring_fails, 0.5);
    play(seed, faults, factory);
  }
}

TEST_F(WorldTest, TheSeedDecidesTheOrder) {
  PingFactory first;
  PingFactory second;
  PingFactory third;
  const std::uint64_t trace = play(7, FaultPlan::draw(7), first);
  EXPECT_EQ(trace, play(7, FaultPlan::draw(7), second));
  EXPECT_NE(trace, play(8, FaultPlan::draw(8), third));
}

TEST_F(WorldTest, AWorldWithoutWorkStandsStill) {
  World world(1);
  EXPECT_FALSE(world.step());
}

}  // namespace
}  // namespace sim
