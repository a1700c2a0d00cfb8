#include "engine/room/name_index.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/prng.h"

namespace engine {
namespace {

// Names by place, as the rooms of a map have them.
class NameIndexTest : public testing::Test {
 protected:
  std::uint32_t find(std::string_view name) const {
    return index_.find(name, [this](std::uint32_t place) -> std::string_view {
      EXPECT_FALSE(names_.at(place).empty()) << "asked for a place that was removed";
      return names_.at(place);
    });
  }
  void add(const std::string& name) {
    std::uint32_t place = 0;
    while (place < names_.size() && !names_[place].empty()) ++place;
    if (place == names_.size()) names_.emplace_back();
    names_[place] = name;
    index_.add(name, place);
  }
  void remove(const std::string& name) {
    const std::uint32_t place = find(name);
    ASSERT_NE(place, NameIndex::kNone) << name;
    index_.remove(name, place);
    names_[place].clear();
  }

  NameIndex index_;
  std::vector<std::string> names_;
};

TEST_F(NameIndexTest, FindsNothingWhereNothingIs) {
  EXPECT_EQ(find("lobby"), NameIndex::kNone);
  EXPECT_EQ(index_.size(), 0U);
}

TEST_F(NameIndexTest, TellsNamesApartAndForgetsThem) {
  add("lobby");
  add("lobby2");
  EXPECT_EQ(find("lobby"), 0U);
  EXPECT_EQ(find("lobby2"), 1U);
  EXPECT_EQ(find("lobby3"), NameIndex::kNone);
  remove("lobby");
  EXPECT_EQ(find("lobby"), NameIndex::kNone);
  EXPECT_EQ(find("lobby2"), 1U);
  EXPECT_EQ(index_.size(), 1U);
}

// Thousands come and go in a small table, so that every way of walking, wrapping and moving up
// happens; a map of the standard library says what must be found.
TEST_F(NameIndexTest, AgreesWithAMapWhateverComesAndGoes) {
  base::Prng random(7);
  std::unordered_map<std::string, bool> model;
  for (int step = 0; step < 20'000; ++step) {
    const std::string name = "room-" + std::to_string(random.below(40));
    if (model[name]) {
      remove(name);
    } else {
      add(name);
    }
    model[name] = !model[name];
    if (step % 50 != 0) continue;
    for (const auto& [known, there] : model) ASSERT_EQ(find(known) != NameIndex::kNone, there);
  }
}

// The rooms of one home: all have one remainder of the hash by the number of shards.
TEST_F(NameIndexTest, FindsEachOfAHundredThousandRoomsOfOneHome) {
  std::vector<std::string> kept;
  for (int i = 0; kept.size() < 100'000; ++i) {
    std::string name = "tenant-" + std::to_string(i);
    const std::uint64_t hash = hash_name(name);
    if ((hash ^ (hash >> 32U)) % 64 == 5) kept.push_back(std::move(name));
  }
  names_ = kept;
  for (std::uint32_t place = 0; place < kept.size(); ++place) index_.add(kept[place], place);
  std::uint64_t asked = 0;
  for (std::uint32_t place = 0; place < kept.size(); ++place) {
    const std::uint32_t found = index_.find(kept[place], [&](std::uint32_t at) -> std::string_view {
      ++asked;
      return names_[at];
    });
    ASSERT_EQ(found, place);
  }
  EXPECT_LT(asked, kept.size() + 100) << "names were compared that have another hash";
}

}  // namespace
}  // namespace engine
