#include "base/slot_map.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/prng.h"

namespace base {
namespace {

TEST(SlotMap, FindsWhatWasInserted) {
  SlotMap<std::string> map(4);
  const Handle handle = map.try_insert("one");
  ASSERT_TRUE(handle);
  ASSERT_NE(map.find(handle), nullptr);
  EXPECT_EQ(*map.find(handle), "one");
  EXPECT_EQ(map.size(), 1u);
}

TEST(SlotMap, ForgetsTheNullHandleAndStrangers) {
  SlotMap<int> map(4);
  EXPECT_FALSE(Handle{});
  EXPECT_EQ(map.find(Handle{}), nullptr);
  static_cast<void>(map.try_insert(1));
  EXPECT_EQ(map.find(Handle{}), nullptr);
  EXPECT_EQ(map.find(Handle{3, 1}), nullptr);
  EXPECT_EQ(map.find(Handle{99, 1}), nullptr);
  EXPECT_FALSE(map.erase(Handle{99, 1}));
}

TEST(SlotMap, LateHandlesFindNothingInAReusedSlot) {
  SlotMap<int> map(4);
  const Handle first = map.try_insert(1);
  EXPECT_TRUE(map.erase(first));
  EXPECT_EQ(map.find(first), nullptr);
  const Handle second = map.try_insert(2);
  EXPECT_EQ(second.index, first.index);
  EXPECT_NE(second, first);
  EXPECT_EQ(map.find(first), nullptr);
  EXPECT_FALSE(map.erase(first));
  EXPECT_EQ(*map.find(second), 2);
}

TEST(SlotMap, SaysNoWhenFull) {
  SlotMap<int> map(2);
  const Handle kept = map.try_insert(1);
  static_cast<void>(map.try_insert(2));
  EXPECT_TRUE(map.full());
  EXPECT_FALSE(map.try_insert(3));
  EXPECT_EQ(map.size(), 2u);
  EXPECT_TRUE(map.erase(kept));
  EXPECT_TRUE(map.try_insert(3));
}

TEST(SlotMap, ReusesTheLastFreedSlotFirst) {
  SlotMap<int> map(8);
  std::vector<Handle> handles;
  for (int i = 0; i < 4; ++i) handles.push_back(map.try_insert(i));
  map.erase(handles[1]);
  map.erase(handles[3]);
  EXPECT_EQ(map.try_insert(9).index, handles[3].index);
  EXPECT_EQ(map.try_insert(9).index, handles[1].index);
  EXPECT_EQ(map.touched(), 4u);
}

TEST(SlotMap, DestroysWhatItHolds) {
  const auto counted = std::make_shared<int>(0);
  {
    SlotMap<std::shared_ptr<int>> map(4);
    const Handle erased = map.try_insert(counted);
    static_cast<void>(map.try_insert(counted));
    EXPECT_EQ(counted.use_count(), 3);
    map.erase(erased);
    EXPECT_EQ(counted.use_count(), 2);
  }
  EXPECT_EQ(counted.use_count(), 1);
}

TEST(SlotMap, VisitsTheLiveOnesAndLetsThemBeErased) {
  SlotMap<int> map(8);
  for (int i = 0; i < 6; ++i) static_cast<void>(map.try_insert(i));
  std::vector<int> seen;
  map.for_each([&](Handle handle, int& element) {
    seen.push_back(element);
    if (element % 2 == 0) map.erase(handle);
  });
  EXPECT_EQ(seen, (std::vector{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(map.size(), 3u);
  EXPECT_FALSE(map.handle_at(0));
  EXPECT_TRUE(map.handle_at(1));
  EXPECT_FALSE(map.handle_at(7));
}

TEST(SlotMap, KeepsTheAlignmentOfItsElements) {
  struct alignas(64) Line {
    char text[64];
  };
  SlotMap<Line> map(3);
  for (int i = 0; i < 3; ++i) {
    const Line* const line = map.find(map.try_insert());
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(line) % 64, 0u);
  }
}

TEST(SlotMap, AgreesWithAnOrdinaryMap) {
  Prng prng(1);
  SlotMap<std::uint64_t> map(50);
  std::map<std::uint64_t, Handle> model;
  std::vector<Handle> stale;
  for (int i = 0; i < 20'000; ++i) {
    if (prng.chance(0.55)) {
      const std::uint64_t value = prng.next();
      const Handle handle = map.try_insert(value);
      EXPECT_EQ(static_cast<bool>(handle), model.size() < 50);
      if (handle) model[value] = handle;
    } else if (!model.empty()) {
      const auto victim =
          std::next(model.begin(), static_cast<std::ptrdiff_t>(prng.below(model.size())));
      EXPECT_TRUE(map.erase(victim->second));
      stale.push_back(victim->second);
      model.erase(victim);
    }
    EXPECT_EQ(map.size(), model.size());
  }
  for (const auto& [value, handle] : model) EXPECT_EQ(*map.find(handle), value);
  for (const Handle handle : stale) EXPECT_EQ(map.find(handle), nullptr);
}

}  // namespace
}  // namespace base
