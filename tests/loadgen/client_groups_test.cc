#include "loadgen/client_groups.h"

#include <gmock/gmock.h>
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
  EXPECT_THAT(rooms_of(groups, 19), testing::ElementsAre(3));
  EXPECT_THAT(rooms_of(groups, 20), testing::ElementsAre(4));
  EXPECT_THAT(rooms_of(groups, 31), testing::ElementsAre(6));
  EXPECT_EQ(groups[0].member_of(19), 4);
  EXPECT_EQ(groups[1].member_of(21), 1);
}

// Two bundles of three rooms, four members each; the first three of them publish, each in a room of
// its own, which comes first in its request.
TEST(ClientGroups, MembersOfSeveralRoomsShareTheirBundle) {
  LoadOptions options;
  options.scenario = ScenarioKind::room;
  options.rooms = 6;
  options.members = 4;
  options.rooms_each = 3;
  const auto groups = plan_groups(options);
  ASSERT_EQ(groups.size(), 1);
  EXPECT_EQ(groups[0].clients, 8);
  EXPECT_EQ(groups[0].rooms, 2);
  EXPECT_EQ(groups[0].publishers, 3);
  EXPECT_THAT(rooms_of(groups, 0), testing::ElementsAre(0, 1, 2));
  EXPECT_THAT(rooms_of(groups, 2), testing::ElementsAre(2, 0, 1));
  EXPECT_THAT(rooms_of(groups, 3), testing::ElementsAre(0, 1, 2));
  EXPECT_THAT(rooms_of(groups, 5), testing::ElementsAre(4, 5, 3));
}

}  // namespace
}  // namespace loadgen
