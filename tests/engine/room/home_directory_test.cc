#include "engine/room/home_directory.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/limits.h"

namespace engine {
namespace {

constexpr base::Handle room_of(std::uint32_t shard) { return {.index = shard, .generation = 1}; }

TEST(HomeDirectory, ANamesHomeIsTheSameForEverybodyAndSpread) {
  constexpr std::uint32_t kShards = 7;
  std::vector<int> rooms(kShards, 0);
  for (int i = 0; i < 7000; ++i) {
    const std::string name = "room-" + std::to_string(i);
    const std::uint32_t home = HomeDirectory::home_of(name, kShards);
    ASSERT_LT(home, kShards);
    ASSERT_EQ(home, HomeDirectory::home_of(name, kShards));
    ++rooms[home];
  }
  for (const int count : rooms) EXPECT_NEAR(count, 1000, 200);
  EXPECT_EQ(HomeDirectory::home_of("anything", 1), 0U);
}

TEST(HomeDirectory, ARoomLivesWhileSomeShardSubscribes) {
  HomeDirectory directory;
  const base::Handle home = directory.subscribe("r", 0, room_of(0));
  ASSERT_TRUE(home);
  EXPECT_EQ(directory.subscribe("r", 1, room_of(1)), home);
  EXPECT_NE(directory.subscribe("s", 1, room_of(2)), home);
  EXPECT_EQ(directory.size(), 2U);
  ASSERT_NE(directory.find(home), nullptr);
  EXPECT_EQ(directory.find(home)->subscriptions.size(), 2U);
  directory.find(home)->last_number = 5;
  directory.unsubscribe(home, 0, room_of(0));
  directory.unsubscribe(home, 0, room_of(0));  // Twice is once.
  directory.unsubscribe(home, 1, room_of(7));  // A room that never subscribed.
  ASSERT_NE(directory.find(home), nullptr);
  EXPECT_EQ(directory.find(home)->last_number, 5U);
  directory.unsubscribe(home, 1, room_of(1));
  EXPECT_EQ(directory.find(home), nullptr);
  EXPECT_EQ(directory.size(), 1U);
  const base::Handle again = directory.subscribe("r", 1, room_of(3));
  EXPECT_NE(again, home);
  EXPECT_EQ(directory.find(again)->last_number, 0U);
  directory.unsubscribe(home, 1, room_of(3));  // By the old name: nothing happens.
  EXPECT_NE(directory.find(again), nullptr);
}

// A shard may leave and come back before its farewell was read: each stay is its own subscription.
TEST(HomeDirectory, AFarewellEndsOnlyTheStayThatItIsAbout) {
  HomeDirectory directory;
  const base::Handle home = directory.subscribe("r", 1, room_of(1));
  EXPECT_EQ(directory.subscribe("r", 1, room_of(2)), home);
  directory.unsubscribe(home, 1, room_of(1));
  ASSERT_NE(directory.find(home), nullptr);
  ASSERT_EQ(directory.find(home)->subscriptions.size(), 1U);
  EXPECT_EQ(directory.find(home)->subscriptions[0].room, room_of(2));
}

TEST(HomeDirectory, IsFullAtItsLimit) {
  HomeDirectory directory;
  std::vector<base::Handle> homes;
  for (std::uint32_t i = 0; i < base::kRoomsPerShardMost; ++i) {
    homes.push_back(directory.subscribe(std::to_string(i), 0, room_of(i)));
    ASSERT_TRUE(homes.back());
  }
  EXPECT_FALSE(directory.subscribe("one more", 0, room_of(0)));
  EXPECT_TRUE(directory.subscribe("0", 1, room_of(0))) << "a room that is there takes more shards";
  directory.unsubscribe(homes[5], 0, room_of(5));
  EXPECT_TRUE(directory.subscribe("one more", 0, room_of(0)));
}

}  // namespace
}  // namespace engine
