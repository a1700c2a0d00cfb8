// Echo sessions under all faults, hundreds of seeds; see echo_scenario.h for what is judged.
#include <gtest/gtest.h>

#include "tests/sim/echo_scenario.h"

namespace sim {
namespace {

constexpr std::uint64_t kSeeds = 200;
constexpr std::uint64_t kSeedsPerFault = 5;

std::string told(const RunReport& report) {
  return "seed " + std::to_string(report.seed) + "\n" + report.charges + report.faults.text();
}

TEST(EchoSim, WithoutFaultsEveryEchoComesBack) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const RunReport report = run_echo(seed, FaultPlan{});
    ASSERT_TRUE(report.innocent()) << told(report);
  }
}

TEST(EchoSim, ManySeedsUnderTheSwarmsFaults) {
  std::uint64_t messages = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const RunReport report = run_echo(seed, FaultPlan::draw(seed));
    ASSERT_TRUE(report.innocent()) << told(report);
    messages += report.messages;
  }
  EXPECT_GT(messages, kSeeds * 10);
}

TEST(EchoSim, HonestClientsDoNotNoticeHostileOnes) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const RunReport report = run_hostile(seed, FaultPlan::draw(seed));
    ASSERT_TRUE(report.innocent()) << told(report);
  }
}

TEST(EchoSim, EachFaultAloneAtItsWorst) {
  for (std::size_t i = 0; i < kFaultCount; ++i) {
    const auto fault = static_cast<Fault>(i);
    for (std::uint64_t seed = 1; seed <= kSeedsPerFault; ++seed) {
      const RunReport report = run_echo(seed, FaultPlan::only(fault, seed));
      ASSERT_TRUE(report.innocent()) << name(fault) << " alone, " << told(report);
    }
  }
}

TEST(EchoSim, OneSeedIsOneRun) {
  for (const std::uint64_t seed : {3U, 77U, 1234U}) {
    const RunReport once = run_echo(seed, FaultPlan::draw(seed));
    const RunReport again = run_echo(seed, FaultPlan::draw(seed));
    EXPECT_EQ(once.trace, again.trace);
    EXPECT_EQ(once.steps, again.steps);
    EXPECT_EQ(once.faults.text(), again.faults.text());
    EXPECT_NE(once.trace, run_echo(seed + 1, FaultPlan::draw(seed + 1)).trace);
  }
}

}  // namespace
}  // namespace sim
