#include "engine/shard/spsc_ring.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace engine {
namespace {

// As wide as what really travels, so that a torn element would show.
struct Element {
  std::uint64_t number = 0;
  std::uint64_t complement = 0;
};

Element element(std::uint64_t number) { return {number, ~number}; }

template <std::uint32_t capacity>
std::vector<std::uint64_t> take(SpscRing<Element, capacity>& ring, std::uint32_t limit) {
  std::vector<std::uint64_t> taken;
  ring.drain(limit, [&](const Element& got) {
    EXPECT_EQ(got.complement, ~got.number);
    taken.push_back(got.number);
  });
  return taken;
}

TEST(SpscRing, IsEmptyAtFirst) {
  SpscRing<Element, 4> ring;
  EXPECT_TRUE(ring.empty());
  EXPECT_TRUE(take(ring, 4).empty());
}

TEST(SpscRing, TakesExactlyItsCapacityAndSaysNoBeyond) {
  SpscRing<Element, 4> ring;
  for (std::uint64_t i = 0; i < 4; ++i) EXPECT_TRUE(ring.try_push(element(i)));
  EXPECT_FALSE(ring.try_push(element(4)));
  EXPECT_FALSE(ring.empty());
  EXPECT_EQ(take(ring, 1), (std::vector<std::uint64_t>{0}));
  EXPECT_TRUE(ring.try_push(element(4)));
  EXPECT_FALSE(ring.try_push(element(5)));
  EXPECT_EQ(take(ring, 10), (std::vector<std::uint64_t>{1, 2, 3, 4}));
}

TEST(SpscRing, DrainsNoMoreThanItsLimit) {
  SpscRing<Element, 8> ring;
  for (std::uint64_t i = 0; i < 8; ++i) ASSERT_TRUE(ring.try_push(element(i)));
  EXPECT_EQ(take(ring, 3).size(), 3U);
  EXPECT_EQ(take(ring, 0).size(), 0U);
  EXPECT_EQ(take(ring, 100).size(), 5U);
}

TEST(SpscRing, WrapsRoundManyTimes) {
  SpscRing<Element, 2> ring;
  std::uint64_t next = 0;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    ASSERT_TRUE(ring.try_push(element(i)));
    if (i % 2 == 1) {
      for (const std::uint64_t got : take(ring, 2)) EXPECT_EQ(got, next++);
    }
  }
  EXPECT_EQ(next, 10'000U);
}

// Under TSan this is the proof of the memory orders.
TEST(SpscRing, CarriesEverythingInOrderBetweenTwoThreads) {
  constexpr std::uint64_t kCount = 200'000;
  const auto ring = std::make_unique<SpscRing<Element, 64>>();
  std::thread producer([&ring] {
    for (std::uint64_t i = 0; i < kCount; ++i) {
      while (!ring->try_push(element(i))) std::this_thread::yield();
    }
  });
  std::uint64_t next = 0;
  bool in_order = true;
  while (next < kCount) {
    const std::uint32_t taken = ring->drain(16, [&](const Element& got) {
      in_order &= got.number == next && got.complement == ~next;
      ++next;
    });
    if (taken == 0) std::this_thread::yield();
  }
  producer.join();
  EXPECT_TRUE(in_order);
  EXPECT_TRUE(ring->empty());
}

}  // namespace
}  // namespace engine
