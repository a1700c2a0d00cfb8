#include "tests/sim/fault_plan.h"

#include <gtest/gtest.h>

#include <set>

namespace sim {
namespace {

std::vector<Fault> all_faults() {
  std::vector<Fault> faults;
  for (std::size_t i = 0; i < kFaultCount; ++i) faults.push_back(static_cast<Fault>(i));
  return faults;
}

TEST(FaultPlan, WithoutTroublesNothingStrikes) {
  FaultPlan plan;
  for (const Fault fault : all_faults()) {
    for (int i = 0; i < 100; ++i) EXPECT_FALSE(plan.strikes(fault));
    EXPECT_EQ(plan.fired(fault), 0U);
  }
}

TEST(FaultPlan, EveryFaultHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (const Fault fault : all_faults()) names.insert(name(fault));
  EXPECT_EQ(names.size(), kFaultCount);
  EXPECT_FALSE(names.contains(""));
}

TEST(FaultPlan, TheSwarmLeavesSomeOutAndTakesEachSometimes) {
  std::set<Fault> absent;
  std::set<Fault> present;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const FaultPlan plan = FaultPlan::draw(seed);
    for (const Fault fault : all_faults()) {
      (plan.probability(fault) > 0 ? present : absent).insert(fault);
      EXPECT_LE(plan.probability(fault), 1);
    }
  }
  EXPECT_EQ(absent.size(), kFaultCount);
  EXPECT_EQ(present.size(), kFaultCount);
}

TEST(FaultPlan, TheSameSeedStrikesAtTheSameMoments) {
  FaultPlan one = FaultPlan::draw(7);
  FaultPlan other = FaultPlan::draw(7);
  for (int i = 0; i < 1000; ++i) {
    for (const Fault fault : all_faults()) EXPECT_EQ(one.strikes(fault), other.strikes(fault));
  }
  EXPECT_EQ(one.text(), other.text());
}

TEST(FaultPlan, CountsWhatStruckAndStops) {
  FaultPlan plan;
  plan.set(Fault::send_late, 1);
  EXPECT_TRUE(plan.strikes(Fault::send_late));
  EXPECT_TRUE(plan.strikes(Fault::send_late));
  EXPECT_FALSE(plan.strikes(Fault::send_short));
  EXPECT_EQ(plan.fired(Fault::send_late), 2U);
  plan.stop();
  EXPECT_FALSE(plan.strikes(Fault::send_late));
  EXPECT_EQ(plan.fired(Fault::send_late), 2U);
  EXPECT_NE(plan.text().find("send_late"), std::string::npos);
}

TEST(FaultPlan, OnlyMeansOnly) {
  for (const Fault fault : all_faults()) {
    const FaultPlan plan = FaultPlan::only(fault, 3);
    for (const Fault other : all_faults()) {
      EXPECT_EQ(plan.probability(other) > 0, other == fault) << name(other);
    }
  }
}

}  // namespace
}  // namespace sim
