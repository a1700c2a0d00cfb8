#include "loadgen/client_groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <vector>

#include "loadgen/load_options.h"

namespace loadgen {
namespace {

using testing::ElementsAre;

TEST(ClientGroups, AnEchoIsARoomForEach) {
  LoadOptions options;
  options.scenario = ScenarioKind::echo;
  options.connections = 7;
  options.rate = 50;
  const auto groups = plan_groups(options);
  ASSERT_EQ(groups.size(), 1);
  EXPECT_EQ(groups[0].rooms, 7);
  EXPECT_EQ(groups[0].publishers, 1);
  EXPECT_EQ(groups[0].home_of(6), 6);
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
  EXPECT_THAT(rooms_of(groups, 19), ElementsAre(3));
  EXPECT_THAT(rooms_of(groups, 20), ElementsAre(4));
  EXPECT_THAT(rooms_of(groups, 31), ElementsAre(6));
  EXPECT_EQ(groups[0].local_of(19), 4);
  EXPECT_EQ(groups[1].local_of(21), 1);
}

// Rooms, members, and rooms per member.
class SeveralRooms : public testing::TestWithParam<std::array<std::uint32_t, 3>> {
 protected:
  SeveralRooms() {
    LoadOptions options;
    options.scenario = ScenarioKind::room;
    options.rooms = GetParam()[0];
    options.members = GetParam()[1];
    options.rooms_each = GetParam()[2];
    groups_ = plan_groups(options);
  }
  std::vector<ClientGroup> groups_;
};

TEST_P(SeveralRooms, EachRoomHasItsMembersAndTheSameNumberOfThemAtHome) {
  const auto [rooms, members, rooms_each] = GetParam();
  ASSERT_EQ(groups_.size(), 1);
  EXPECT_EQ(groups_[0].clients, rooms * members / rooms_each);
  std::map<std::uint32_t, std::uint32_t> members_of;
  std::map<std::uint32_t, std::vector<std::uint32_t>> locals_of;
  for (std::uint32_t client = 0; client < groups_[0].clients; ++client) {
    const std::vector<std::uint32_t> own = rooms_of(groups_, client);
    ASSERT_EQ(std::set(own.begin(), own.end()).size(), rooms_each) << "a room twice";
    for (const std::uint32_t room : own) ++members_of[room];
    locals_of[own.front()].push_back(groups_[0].local_of(client));
  }
  ASSERT_EQ(members_of.size(), rooms);
  for (std::uint32_t room = 0; room < rooms; ++room) {
    EXPECT_EQ(members_of[room], members) << room;
    ASSERT_EQ(locals_of[room].size(), members / rooms_each) << room;
    for (std::uint32_t i = 0; i < locals_of[room].size(); ++i) EXPECT_EQ(locals_of[room][i], i);
  }
}

TEST_P(SeveralRooms, AClientKnowsWhichOfItsRoomsARoomIs) {
  const auto [rooms, members, rooms_each] = GetParam();
  for (std::uint32_t client = 0; client < groups_[0].clients; ++client) {
    const std::vector<std::uint32_t> own = rooms_of(groups_, client);
    for (std::uint32_t room = 0; room < rooms + 2; ++room) {
      const auto found = std::ranges::find(own, room);
      const std::uint32_t seat = groups_[0].seat_of(own.front(), room);
      if (found == own.end()) {
        EXPECT_GE(seat, rooms_each) << room;
      } else {
        EXPECT_EQ(seat, found - own.begin());
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, SeveralRooms,
                         testing::Values(std::array{7U, 6U, 1U}, std::array{7U, 6U, 3U},
                                         std::array{10U, 4U, 4U}, std::array{6U, 12U, 6U},
                                         std::array{1U, 5U, 1U}, std::array{100U, 50U, 50U}));

}  // namespace
}  // namespace loadgen
