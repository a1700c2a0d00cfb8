#include "engine/room/recent_ids.h"

#include <gtest/gtest.h>

#include <string>

namespace engine {
namespace {

using std::chrono::seconds;

constexpr base::Instant kNow{seconds{1000}};

TEST(RecentIds, AnIdIsRememberedInItsRoom) {
  RecentIds ids;
  EXPECT_EQ(ids.find("r", "1", kNow), 0U);
  ids.add("r", "1", 7, kNow);
  EXPECT_EQ(ids.find("r", "1", kNow), 7U);
  EXPECT_EQ(ids.find("s", "1", kNow), 0U);
  EXPECT_EQ(ids.find("r", "2", kNow), 0U);
  EXPECT_EQ(ids.counters().duplicates.value(), 1U);
}

TEST(RecentIds, RoomAndIdAreNeverMistakenForOthers) {
  RecentIds ids;
  ids.add("ab", "c", 1, kNow);
  EXPECT_EQ(ids.find("a", "bc", kNow), 0U);
  EXPECT_EQ(ids.find("abc", "", kNow), 0U);
  ids.add(std::string(255, 'r'), std::string(base::kMessageIdBytesMax, 'i'), 2, kNow);
  EXPECT_EQ(ids.find(std::string(255, 'r'), std::string(base::kMessageIdBytesMax, 'i'), kNow), 2U);
}

TEST(RecentIds, AnIdEndsAfterItsTime) {
  RecentIds ids;
  ids.add("r", "1", 7, kNow);
  ids.add("r", "2", 8, kNow + seconds{1});
  EXPECT_EQ(ids.find("r", "1", kNow + base::kMessageIdsFor - seconds{1}), 7U);
  EXPECT_EQ(ids.find("r", "1", kNow + base::kMessageIdsFor), 0U);
  EXPECT_EQ(ids.find("r", "2", kNow + base::kMessageIdsFor), 8U);
  EXPECT_EQ(ids.counters().ids.value(), 1U);
  EXPECT_EQ(ids.counters().evicted.value(), 0U);
}

TEST(RecentIds, TheOldestGivesWayWhenThereAreTooMany) {
  RecentIds ids;
  for (std::uint32_t i = 0; i <= base::kMessageIdsMost; ++i) {
    ids.add("r", std::to_string(i), i + 1, kNow);
  }
  EXPECT_EQ(ids.counters().ids.value(), base::kMessageIdsMost);
  EXPECT_EQ(ids.counters().evicted.value(), 1U);
  EXPECT_EQ(ids.find("r", "0", kNow), 0U);
  EXPECT_EQ(ids.find("r", "1", kNow), 2U);
  EXPECT_EQ(ids.find("r", std::to_string(base::kMessageIdsMost), kNow), base::kMessageIdsMost + 1U);
}

}  // namespace
}  // namespace engine
