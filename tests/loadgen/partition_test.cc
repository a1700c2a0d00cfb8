#include "loadgen/partition.h"

#include <gtest/gtest.h>

#include <set>

namespace loadgen {
namespace {

TEST(Partition, GivesEveryClientToExactlyOneShard) {
  for (std::uint32_t shards = 1; shards <= 5; ++shards) {
    for (std::uint32_t clients = 0; clients <= 17; ++clients) {
      std::multiset<std::uint32_t> all;
      for (std::uint32_t shard = 0; shard < shards; ++shard) {
        const Partition partition{.shard = shard, .shards = shards, .clients = clients};
        EXPECT_LE(partition.size(), clients / shards + 1);
        for (std::uint32_t i = 0; i < partition.size(); ++i) all.insert(partition.global(i));
      }
      ASSERT_EQ(all.size(), clients) << shards;
      ASSERT_EQ(std::set(all.begin(), all.end()).size(), clients) << shards;
      EXPECT_TRUE(all.empty() || *all.rbegin() == clients - 1) << shards;
    }
  }
}

TEST(Partition, KeepsBlocksTogether) {
  for (std::uint32_t shards = 1; shards <= 4; ++shards) {
    for (std::uint32_t clients = 0; clients <= 40; ++clients) {
      std::multiset<std::uint32_t> all;
      for (std::uint32_t shard = 0; shard < shards; ++shard) {
        const Partition partition{.shard = shard, .shards = shards, .clients = clients, .block = 5};
        for (std::uint32_t i = 0; i < partition.size(); ++i) {
          const std::uint32_t global = partition.global(i);
          all.insert(global);
          EXPECT_EQ(global / 5 % shards, shard);
          EXPECT_EQ(partition.below(global), i);
          EXPECT_EQ(partition.below(global + 1), i + 1);
        }
      }
      ASSERT_EQ(all.size(), clients);
      ASSERT_EQ(std::set(all.begin(), all.end()).size(), clients);
    }
  }
}

}  // namespace
}  // namespace loadgen
