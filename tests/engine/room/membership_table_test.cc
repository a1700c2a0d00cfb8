#include "engine/room/membership_table.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "base/prng.h"

namespace engine {
namespace {

constexpr RoomHandle room(std::uint32_t index) { return {.index = index, .generation = 1}; }

TEST(MembershipTable, AChainHoldsWhatWasAdded) {
  MembershipTable table;
  std::uint32_t chain = 0;
  EXPECT_EQ(table.find(chain, room(1)), nullptr);
  table.add(chain, room(1), 10, true);
  table.add(chain, room(2), 20, false);
  ASSERT_NE(table.find(chain, room(1)), nullptr);
  EXPECT_EQ(table.find(chain, room(1))->place, 10U);
  EXPECT_TRUE(table.find(chain, room(1))->echo);
  EXPECT_FALSE(table.find(chain, room(2))->echo);
  EXPECT_EQ(table.find(chain, room(3)), nullptr);
  EXPECT_EQ(table.find(chain, {.index = 1, .generation = 3}), nullptr) << "an earlier room";
}

TEST(MembershipTable, RemovesFromFrontMiddleAndEnd) {
  for (std::uint32_t victim = 0; victim < 3; ++victim) {
    MembershipTable table;
    std::uint32_t chain = 0;
    for (std::uint32_t i = 0; i < 3; ++i) table.add(chain, room(i), 10 + i, true);
    EXPECT_EQ(table.remove(chain, room(victim)), 10 + victim);
    EXPECT_EQ(table.remove(chain, room(victim)), Room::kVacant);
    for (std::uint32_t i = 0; i < 3; ++i) {
      EXPECT_EQ(table.find(chain, room(i)) != nullptr, i != victim) << victim;
    }
  }
}

// Against a model: many sessions that join and leave at random.
TEST(MembershipTable, ChainsNeverMix) {
  constexpr std::uint32_t kSessions = 20;
  constexpr std::uint32_t kRooms = 8;
  base::Prng prng(3);
  MembershipTable table;
  std::vector<std::uint32_t> chains(kSessions, 0);
  std::vector<std::map<std::uint32_t, std::uint32_t>> model(kSessions);  // Room: place.
  std::uint32_t highest = 0;
  for (std::uint32_t step = 1; step < 20'000; ++step) {
    const auto session = static_cast<std::size_t>(prng.below(kSessions));
    const auto index = static_cast<std::uint32_t>(prng.below(kRooms));
    const auto known = model[session].find(index);
    if (known == model[session].end()) {
      highest = std::max(highest, table.add(chains[session], room(index), step, true));
      model[session][index] = step;
    } else {
      ASSERT_EQ(table.remove(chains[session], room(index)), known->second);
      model[session].erase(known);
    }
    for (std::uint32_t i = 0; i < kRooms; ++i) {
      const Membership* found = table.find(chains[session], room(i));
      ASSERT_EQ(found != nullptr, model[session].contains(i));
      if (found != nullptr) {
        ASSERT_EQ(found->place, model[session][i]);
      }
    }
  }
  EXPECT_LE(highest, kSessions * kRooms) << "records are reused";
}

}  // namespace
}  // namespace engine
