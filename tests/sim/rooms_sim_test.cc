// Rooms on several shards under all faults, hundreds of seeds; see room_model.h for the law.
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>

#include "tests/sim/room_scenario.h"

namespace sim {
namespace {

constexpr std::uint64_t kSeeds = 300;
constexpr std::uint64_t kLossySeeds = 120;
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

// Messages cross shards by bells, not by the luck of somebody's timer. Without troubles nothing but
// a small window may hold them up for long.
TEST(RoomsSim, BellsCarryMessagesInTimeEvenWhereTheyFail) {
  for (const Fault fault : {Fault::ring_fails, Fault::shard_preempted, Fault::wake_doubled}) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
      const RunReport report = run_quick_rooms(seed, FaultPlan::only(fault, seed));
      ASSERT_TRUE(report.innocent()) << told(report);
      ASSERT_LT(report.worst_latency, std::chrono::milliseconds{40}) << told(report);
    }
  }
}

// And the plan is of use: over all seeds every fault strikes, and the engine's rare branches run.
TEST(RoomsSim, ManySeedsUnderTheSwarmsFaults) {
  std::uint64_t messages = 0;
  std::map<std::string, std::uint64_t> marks;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const RunReport report = run_rooms(seed, FaultPlan::draw(seed));
    ASSERT_TRUE(report.innocent()) << told(report);
    messages += report.messages;
    for (const auto& [mark, count] : report.marks) marks[mark] += count;
    for (std::size_t i = 0; i < kFaultCount; ++i) {
      const auto fault = static_cast<Fault>(i);
      marks[std::string(name(fault))] += report.faults.fired(fault);
    }
  }
  EXPECT_GT(messages, kSeeds * 100);
  for (const auto& [mark, count] : marks) EXPECT_GT(count, 0U) << mark;
}

// Rooms that leave messages out: order holds, and the newest of each key arrives where it must.
TEST(RoomsSim, LossyRoomsUnderTheSwarmsFaults) {
  std::map<std::string, std::uint64_t> marks;
  for (std::uint64_t seed = 1; seed <= kLossySeeds; ++seed) {
    const FaultPlan faults = seed % 4 == 0 ? FaultPlan{} : FaultPlan::draw(seed);
    const RunReport report = run_lossy_rooms(seed, faults);
    ASSERT_TRUE(report.innocent()) << told(report);
    for (const auto& [mark, count] : report.marks) marks[mark] += count;
  }
  for (const char* mark : {"delivery conflated", "delivery caught up", "delivery skipped"}) {
    EXPECT_GT(marks[mark], kLossySeeds) << mark;
  }
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

}  // namespace
}  // namespace sim
