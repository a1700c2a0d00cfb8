#include "app/clients/user_homes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "app/clients/clients.h"

namespace app {
namespace {

std::vector<std::uint32_t> shards_of(const UserHomes& homes, std::uint64_t user) {
  std::vector<std::uint32_t> found;
  const std::uint32_t count =
      homes.for_shards(user, [&](std::uint32_t shard) { found.push_back(shard); });
  EXPECT_EQ(count, found.size());
  std::ranges::sort(found);
  return found;
}

TEST(UserHomes, KnowsWhereAUserIs) {
  UserHomes homes;
  homes.arrived(1, 2);
  homes.arrived(1, 0);
  homes.arrived(7, 2);
  EXPECT_EQ(shards_of(homes, 1), (std::vector<std::uint32_t>{0, 2}));
  homes.left(1, 2);
  EXPECT_EQ(shards_of(homes, 1), std::vector<std::uint32_t>{0});
  EXPECT_EQ(shards_of(homes, 7), std::vector<std::uint32_t>{2});
  EXPECT_TRUE(shards_of(homes, 3).empty());
}

// Two users with the same hash: the shard stays until both have left it.
TEST(UserHomes, AShardIsThereAsOftenAsItArrived) {
  UserHomes homes;
  homes.arrived(1, 2);
  homes.arrived(1, 2);
  homes.left(1, 2);
  EXPECT_EQ(shards_of(homes, 1), std::vector<std::uint32_t>{2});
  homes.left(1, 2);
  EXPECT_EQ(homes.size(), 0U);
  homes.left(1, 2);
  EXPECT_EQ(homes.size(), 0U);
}

TEST(UserHomes, HomesAreSpread) {
  std::vector<int> users(8);
  for (int i = 0; i < 8000; ++i) {
    ++users[UserHomes::home_of(hash_user("acme", "user-" + std::to_string(i)), 8)];
  }
  for (const int count : users) EXPECT_NEAR(count, 1000, 200);
}

}  // namespace
}  // namespace app
