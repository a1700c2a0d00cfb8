#include "base/intrusive_list.h"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace base {
namespace {

struct OtherTag {};

struct Item : ListNode<>, ListNode<OtherTag> {
  explicit Item(int item_value) : value(item_value) {}
  int value;
};

std::vector<int> values(IntrusiveList<Item>& list) {
  std::vector<int> result;
  for (const Item& item : list) result.push_back(item.value);
  return result;
}

TEST(IntrusiveList, KeepsOrderFromBothEnds) {
  Item one(1), two(2), three(3);
  IntrusiveList<Item> list;
  EXPECT_TRUE(list.empty());
  EXPECT_EQ(list.front(), nullptr);
  list.push_back(two);
  list.push_back(three);
  list.push_front(one);
  EXPECT_EQ(values(list), (std::vector{1, 2, 3}));
  EXPECT_EQ(list.front(), &one);
  EXPECT_EQ(list.back(), &three);
}

TEST(IntrusiveList, UnlinksAnywhere) {
  Item one(1), two(2), three(3);
  IntrusiveList<Item> list;
  for (Item* item : {&one, &two, &three}) list.push_back(*item);
  two.ListNode<>::unlink();
  EXPECT_EQ(values(list), (std::vector{1, 3}));
  EXPECT_FALSE(two.ListNode<>::linked());
  two.ListNode<>::unlink();  // Off every list already: nothing happens.
  list.push_back(two);
  EXPECT_EQ(values(list), (std::vector{1, 3, 2}));
}

TEST(IntrusiveList, PopsUntilEmpty) {
  Item one(1), two(2);
  IntrusiveList<Item> list;
  list.push_back(one);
  list.push_back(two);
  EXPECT_EQ(list.pop_front(), &one);
  EXPECT_EQ(list.pop_front(), &two);
  EXPECT_EQ(list.pop_front(), nullptr);
}

TEST(IntrusiveList, AnElementMayBeOnOneListPerTag) {
  Item one(1);
  IntrusiveList<Item> list;
  IntrusiveList<Item, OtherTag> other;
  list.push_back(one);
  other.push_back(one);
  EXPECT_EQ(list.pop_front(), &one);
  EXPECT_EQ(other.front(), &one);
}

TEST(IntrusiveList, DestroyedElementsLeave) {
  IntrusiveList<Item> list;
  Item one(1);
  std::optional<Item> two(2);
  list.push_back(one);
  list.push_back(*two);
  two.reset();
  EXPECT_EQ(values(list), (std::vector{1}));
}

TEST(IntrusiveList, DestroyedListsLetGo) {
  Item one(1);
  {
    IntrusiveList<Item> list;
    list.push_back(one);
  }
  EXPECT_FALSE(one.ListNode<>::linked());
}

TEST(IntrusiveListDeathTest, LinkingTwiceIsOurBug) {
  Item one(1);
  IntrusiveList<Item> list;
  list.push_back(one);
  EXPECT_DEATH(list.push_back(one), "CHECK failed");
}

}  // namespace
}  // namespace base
