#include "app/telemetry/shard_watch.h"

#include <gtest/gtest.h>

#include "tests/app/native/native_sim.h"

namespace app {
namespace {

class ShardWatchSim : public NativeSim {};

TEST_P(ShardWatchSim, IsContentOnceInAPeriodWhileAllShardsTurn) {
  start();
  ShardWatch watch(services_->posts);
  base::Instant now = world_->now();
  EXPECT_TRUE(watch.look(now, seconds{1}));
  run_for(milliseconds{10});
  EXPECT_FALSE(watch.look(now + milliseconds{999}, seconds{1})) << "the period is not over";
  EXPECT_TRUE(watch.look(now + seconds{1}, seconds{1}));
}

TEST_P(ShardWatchSim, IsNotContentWhileAShardDoesNotAnswer) {
  start();
  ShardWatch watch(services_->posts);
  base::Instant now = world_->now();
  EXPECT_TRUE(watch.look(now, seconds{1}));
  // Nobody has turned since.
  for (int i = 1; i < 5; ++i) EXPECT_FALSE(watch.look(now + seconds{i}, seconds{1}));
  run_for(milliseconds{10});
  EXPECT_TRUE(watch.look(now + seconds{5}, seconds{1}));
}

TEST_P(ShardWatchSim, AnswersMayComeWhenItIsGone) {
  start();
  ShardWatch(services_->posts).look(world_->now(), seconds{1});
  run_for(milliseconds{10});
  EXPECT_EQ(sum([](GatewayShard& one) { return one.native().tasks().tasks_refused(); }), 0U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ShardWatchSim, testing::Range<std::uint64_t>(1, 4));

}  // namespace
}  // namespace app
