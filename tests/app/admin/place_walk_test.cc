#include "app/admin/place_walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace app {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using Table = std::vector<int>;  // 0: nobody there.

class PlaceWalkTest : public testing::Test {
 protected:
  PlaceWalk<int> page(std::string_view from, std::size_t most) {
    const auto ask = [this](const PlaceCursor& cursor,
                            std::size_t left) -> std::optional<PlaceStep<int>> {
      ++questions_;
      if (cursor.shard == silent_shard_) return std::nullopt;
      const Table& table = shards_[cursor.shard];
      const auto entry_at = [&](std::uint32_t place) {
        return table[place] == 0 ? std::nullopt : std::optional(table[place]);
      };
      return look_at_places<int>(static_cast<std::uint32_t>(table.size()), cursor.place, left,
                                 entry_at);
    };
    return walk_places<int>(static_cast<std::uint32_t>(shards_.size()), from, most, ask);
  }

  std::vector<Table> shards_;
  std::uint32_t silent_shard_ = UINT32_MAX;
  int questions_ = 0;
};

TEST_F(PlaceWalkTest, GoesFromShardToShard) {
  shards_ = {{1, 0, 2}, {}, {0, 3, 4}};
  const PlaceWalk<int> all = page("", 10);
  EXPECT_THAT(all.entries, ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(all.next, "");
  EXPECT_TRUE(all.complete);
}

TEST_F(PlaceWalkTest, EachPageGoesOnWhereTheLastEnded) {
  shards_ = {{1, 2, 0}, {3, 4, 5, 6, 0}};
  PlaceWalk<int> walk = page("", 3);
  EXPECT_THAT(walk.entries, ElementsAre(1, 2, 3));
  walk = page(walk.next, 3);
  EXPECT_THAT(walk.entries, ElementsAre(4, 5, 6));
  walk = page(walk.next, 3);
  EXPECT_THAT(walk.entries, IsEmpty());
  EXPECT_EQ(walk.next, "");
}

TEST_F(PlaceWalkTest, AFullPageAtTheVeryEndIsTheLast) {
  shards_ = {{1, 2}, {}};
  const PlaceWalk<int> walk = page("", 2);
  EXPECT_THAT(walk.entries, ElementsAre(1, 2));
  EXPECT_EQ(walk.next, "");
}

TEST_F(PlaceWalkTest, AFullPageBeforeAnotherShardIsNotTheLast) {
  shards_ = {{1, 2}, {3}};
  const PlaceWalk<int> walk = page("", 2);
  EXPECT_THAT(walk.entries, ElementsAre(1, 2));
  EXPECT_THAT(page(walk.next, 2).entries, ElementsAre(3));
}

TEST_F(PlaceWalkTest, AShardIsAskedForAFewPlacesAndAskedAgain) {
  shards_ = {Table(3 * kPlacesPerTurn + 1)};
  shards_[0].back() = 7;
  EXPECT_THAT(page("", 5).entries, ElementsAre(7));
  EXPECT_EQ(questions_, 4);
}

TEST_F(PlaceWalkTest, APageLooksAtSoManyPlacesAndSaysWhereItStopped) {
  shards_ = {Table(kPlacesLookedAt + 10)};
  shards_[0].back() = 7;
  const PlaceWalk<int> walk = page("", 5);
  EXPECT_THAT(walk.entries, IsEmpty());
  EXPECT_EQ(walk.next, (PlaceCursor{0, kPlacesLookedAt}.text()));
  EXPECT_THAT(page(walk.next, 5).entries, ElementsAre(7));
}

TEST_F(PlaceWalkTest, WithoutASilentShardItIsNotComplete) {
  shards_ = {{1}, {2}, {3}};
  silent_shard_ = 1;
  const PlaceWalk<int> walk = page("", 5);
  EXPECT_THAT(walk.entries, ElementsAre(1, 3));
  EXPECT_FALSE(walk.complete);
}

TEST_F(PlaceWalkTest, ACursorBehindTheEndIsTheEnd) {
  shards_ = {{1, 2}};
  for (const PlaceCursor cursor : {PlaceCursor{0, 2}, PlaceCursor{0, UINT32_MAX}, PlaceCursor{1, 0},
                                   PlaceCursor{UINT32_MAX, 0}}) {
    const PlaceWalk<int> walk = page(cursor.text(), 5);
    EXPECT_THAT(walk.entries, IsEmpty());
    EXPECT_EQ(walk.next, "");
  }
}

}  // namespace
}  // namespace app
