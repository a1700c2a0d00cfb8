#include "engine/room/room_policy.h"

#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"

namespace engine {
namespace {

TEST(PolicyTable, RoomsAreReliableWhereNothingElseIsSaid) {
  PolicyTable table;
  EXPECT_EQ(table.of("anything"), RoomPolicy::reliable);
  ASSERT_TRUE(table.add("ticks=latest").ok());
  EXPECT_EQ(table.of("tick"), RoomPolicy::reliable);
  EXPECT_EQ(table.of("ticks"), RoomPolicy::latest);
  EXPECT_EQ(table.of("ticks.1"), RoomPolicy::reliable);
}

TEST(PolicyTable, TheFirstRuleThatFitsDecides) {
  PolicyTable table;
  for (const char* rule : {"a.b.*=reliable", "a.*=latest", "a=b=ephemeral", "*=ephemeral"}) {
    ASSERT_TRUE(table.add(rule).ok()) << rule;
  }
  EXPECT_EQ(table.of("a.b.c"), RoomPolicy::reliable);
  EXPECT_EQ(table.of("a.b."), RoomPolicy::reliable);
  EXPECT_EQ(table.of("a.b"), RoomPolicy::latest);
  EXPECT_EQ(table.of("a=b"), RoomPolicy::ephemeral);
  EXPECT_EQ(table.of(""), RoomPolicy::ephemeral);
}

TEST(PolicyTable, SaysWhatIsWrongWithARule) {
  PolicyTable table;
  for (const char* rule : {"", "=", "=latest", "ticks", "ticks=", "ticks=fast", "a*b=latest",
                           "**=latest", "ticks=Latest"}) {
    EXPECT_FALSE(table.add(rule).ok()) << rule;
  }
  EXPECT_EQ(table.of("ticks"), RoomPolicy::reliable);
}

TEST(PolicyTable, HoldsNoMoreRulesThanItsLimit) {
  PolicyTable table;
  for (std::size_t i = 0; i < base::kPolicyRulesMost; ++i) {
    ASSERT_TRUE(table.add("room-" + std::to_string(i) + "=latest").ok());
  }
  EXPECT_FALSE(table.add("one more=latest").ok());
}

TEST(RoomPolicy, NamesAreWhatRulesSay) {
  for (const RoomPolicy policy :
       {RoomPolicy::reliable, RoomPolicy::latest, RoomPolicy::ephemeral}) {
    PolicyTable table;
    ASSERT_TRUE(table.add("r=" + std::string(name(policy))).ok());
    EXPECT_EQ(table.of("r"), policy);
  }
}

}  // namespace
}  // namespace engine
