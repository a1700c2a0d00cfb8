#include "loadgen/client_groups.h"

#include <gtest/gtest.h>

#include "loadgen/load_options.h"

namespace loadgen {
namespace {

TEST(ClientGroups, AnEchoIsARoomForEach) {
  LoadOptions options;
  options.scenario = ScenarioKind::echo;
  options.connections = 7;
  options.rate = 50;
  const auto groups = plan_groups(options);
  ASSERT_EQ(groups.size(), 1);
  EXPECT_EQ(groups[0].rooms, 7);
  EXPECT_EQ(groups[0].publishers, 1);
  EXPECT_EQ(groups[0].room_of(6), 6);
  EXPECT_TRUE(groups[0].open_loop());
}

TEST(ClientGroups, ACrowdHasItsRoomsBehindThoseOfTheBystanders) {
  LoadOptions options;
  options.scenario = ScenarioKind::storm;
  options.rooms = 4;
  options.members = 5;
  options.publishers = 2;
  options.storm.crowd = 12;
  options.connections = 32;
  const auto groups = plan_groups(options);
  ASSERT_EQ(groups.size(), 2);
  EXPECT_EQ(groups[0].end_client(), 20);
  EXPECT_EQ(groups[1].first_client, 20);
  EXPECT_EQ(groups[1].end_client(), 32);
  EXPECT_EQ(groups[1].first_room, 4);
  EXPECT_EQ(groups[1].rooms, 3);  // The last is not full.
  EXPECT_EQ(groups[1].publishers, 0);
  EXPECT_EQ(room_of(groups, 19), 3);
  EXPECT_EQ(room_of(groups, 20), 4);
  EXPECT_EQ(room_of(groups, 31), 6);
  EXPECT_EQ(groups[0].member_of(19), 4);
  EXPECT_EQ(groups[1].member_of(21), 1);
}

}  // namespace
}  // namespace loadgen
