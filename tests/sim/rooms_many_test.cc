// Members of many busy rooms, every part played by hand.
#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "tests/sim/hand_test.h"

namespace sim {
namespace {

class ManyRooms : public HandTest {
 protected:
  static constexpr std::size_t kMembers = 20;
  static constexpr std::size_t kRooms = 40;

  void SetUp() override {
    start();
    for (std::size_t i = 0; i < kMembers; ++i) open_peer();
    in_turn([&] {
      for (std::size_t room = 0; room < kRooms; ++room) {
        const std::string name = "room " + std::to_string(room);
        for (const engine::SessionId session : shard().opened) {
          handles_[room] = rooms().join(session, name, true).room;
        }
      }
    });
  }
  void publish_in_all() {
    in_turn([&] {
      for (std::size_t room = 0; room < kRooms; ++room) {
        EXPECT_TRUE(rooms().publish(shard().opened.front(), handles_[room], protocol::Opcode::text,
                                    base::as_bytes(std::to_string(room))));
      }
    });
  }
  std::uint64_t sends() { return group_->shards()[0]->connection_counters().sends.value(); }

  std::array<engine::RoomHandle, kRooms> handles_{};
};

// 800 deliveries, far more than the 128 of a turn with few rooms.
TEST_F(ManyRooms, GetFewSendsForWhatAllTheirRoomsSayAtOnce) {
  const std::uint64_t before = sends();
  publish_in_all();
  for (std::size_t peer = 0; peer < kMembers; ++peer) ASSERT_TRUE(awaits_frames(peer, kRooms));
  // Turns of a fixed length would take seven, with as many sends for each member.
  EXPECT_LE(sends() - before, 3 * kMembers);
  std::set<std::string> all;
  for (std::size_t room = 0; room < kRooms; ++room) all.insert(heard(kMembers - 1, room));
  EXPECT_EQ(all.size(), kRooms);
}

}  // namespace
}  // namespace sim
