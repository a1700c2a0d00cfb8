// Rooms on several shards under all faults, hundreds of seeds; see room_model.h for the law.
#include <gtest/gtest.h>

#include <string>

#include "tests/sim/room_scenario.h"

namespace sim {
namespace {

constexpr std::uint64_t kSeeds = 300;
constexpr std::uint64_t kSeedsPerFault = 5;

std::string told(const RunReport& report) {
  return "seed " + std::to_string(report.seed) + "\n" + report.charges + report.faults.text();
}

TEST(RoomsSim, WithoutFaultsEverybodyHearsEverything) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const RunReport report = run_rooms(seed, FaultPlan{});
    ASSERT_TRUE(report.innocent()) << told(report);
  }
}

TEST(RoomsSim, ManySeedsUnderTheSwarmsFaults) {
  std::uint64_t messages = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const RunReport report = run_rooms(seed, FaultPlan::draw(seed));
    ASSERT_TRUE(report.innocent()) << told(report);
    messages += report.messages;
  }
  EXPECT_GT(messages, kSeeds * 100);
}

TEST(RoomsSim, EachFaultAloneAtItsWorst) {
  for (std::size_t i = 0; i < kFaultCount; ++i) {
    const auto fault = static_cast<Fault>(i);
    for (std::uint64_t seed = 1; seed <= kSeedsPerFault; ++seed) {
      const RunReport report = run_rooms(seed, FaultPlan::only(fault, seed));
      ASSERT_TRUE(report.innocent()) << name(fault) << " alone, " << told(report);
    }
  }
}

TEST(RoomsSim, OneSeedIsOneRun) {
  for (const std::uint64_t seed : {5U, 60U, 2164U}) {
    const RunReport once = run_rooms(seed, FaultPlan::draw(seed));
    const RunReport again = run_rooms(seed, FaultPlan::draw(seed));
    EXPECT_EQ(once.trace, again.trace);
    EXPECT_EQ(once.steps, again.steps);
    EXPECT_EQ(once.messages, again.messages);
  }
}

// The whole plan is of use: over many seeds, every fault strikes.
TEST(RoomsSim, EveryFaultStrikesSomewhere) {
  std::array<std::uint64_t, kFaultCount> fired{};
  for (std::uint64_t seed = 1000; seed < 1150; ++seed) {
    const RunReport report = run_rooms(seed, FaultPlan::draw(seed));
    ASSERT_TRUE(report.innocent()) << told(report);
    for (std::size_t i = 0; i < kFaultCount; ++i) {
      fired[i] += report.faults.fired(static_cast<Fault>(i));
    }
  }
  for (std::size_t i = 0; i < kFaultCount; ++i) {
    EXPECT_GT(fired[i], 0U) << name(static_cast<Fault>(i));
  }
}

}  // namespace
}  // namespace sim
