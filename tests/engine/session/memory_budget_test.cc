#include "engine/session/memory_budget.h"

#include <gtest/gtest.h>

namespace engine {
namespace {

TEST(MemoryBudget, SumsWhatTheShardsHold) {
  MemoryBudget budget(1000);
  budget.set(0, 100);
  budget.set(1, 20);
  budget.set(0, 300);
  EXPECT_EQ(budget.held(1), 300U);
  EXPECT_EQ(budget.held(2), 320U);
}

TEST(MemoryBudget, LevelsBeginAtTheirPartsOfTheLimit) {
  const MemoryBudget budget(1000);
  EXPECT_EQ(budget.level(799, MemoryLevel::normal), MemoryLevel::normal);
  EXPECT_EQ(budget.level(800, MemoryLevel::normal), MemoryLevel::refuse);
  EXPECT_EQ(budget.level(900, MemoryLevel::normal), MemoryLevel::conflate);
  EXPECT_EQ(budget.level(1000, MemoryLevel::normal), MemoryLevel::close);
  EXPECT_EQ(budget.level(1'000'000, MemoryLevel::refuse), MemoryLevel::close);
}

TEST(MemoryBudget, LevelsEndBelowWhereTheyBegan) {
  const MemoryBudget budget(1000);
  EXPECT_EQ(budget.level(960, MemoryLevel::close), MemoryLevel::close);
  EXPECT_EQ(budget.level(949, MemoryLevel::close), MemoryLevel::conflate);
  EXPECT_EQ(budget.level(860, MemoryLevel::conflate), MemoryLevel::conflate);
  EXPECT_EQ(budget.level(849, MemoryLevel::conflate), MemoryLevel::refuse);
  EXPECT_EQ(budget.level(750, MemoryLevel::refuse), MemoryLevel::refuse);
  EXPECT_EQ(budget.level(749, MemoryLevel::refuse), MemoryLevel::normal);
}

TEST(MemoryBudget, WithoutALimitAllIsNormal) {
  const MemoryBudget budget(0);
  EXPECT_FALSE(budget.limited());
  EXPECT_EQ(budget.level(UINT64_MAX, MemoryLevel::close), MemoryLevel::normal);
}

}  // namespace
}  // namespace engine
