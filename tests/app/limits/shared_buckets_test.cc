#include "app/limits/shared_buckets.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

#include "app/gateway_limits.h"

namespace app {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr base::Instant kStart{seconds{1000}};
constexpr base::Duration kGranted{};

TEST(SharedBuckets, EachKeyHasItsOwn) {
  SharedBuckets buckets(64);
  const Pace pace = Pace::of({.per_second = 10, .burst = 1});
  EXPECT_EQ(buckets.take(1, pace, 1, kStart), kGranted);
  EXPECT_EQ(buckets.take(1, pace, 1, kStart), milliseconds{100});
  EXPECT_EQ(buckets.take(2, pace, 1, kStart), kGranted);
  EXPECT_EQ(buckets.take(1, pace, 1, kStart + milliseconds{100}), kGranted);
}

TEST(SharedBuckets, TheKeysZeroAndOneShareABucket) {  // Zero marks a place that is free.
  SharedBuckets buckets(64);
  const Pace pace = Pace::of({.per_second = 10, .burst = 1});
  EXPECT_EQ(buckets.take(0, pace, 1, kStart), kGranted);
  EXPECT_NE(buckets.take(0, pace, 1, kStart), kGranted);
  EXPECT_NE(buckets.take(1, pace, 1, kStart), kGranted);
}

TEST(SharedBuckets, WhatIsGivenBackCanBeTaken) {
  SharedBuckets buckets(64);
  const Pace pace = Pace::of({.per_second = 1, .burst = 2});
  EXPECT_EQ(buckets.take(7, pace, 2, kStart), kGranted);
  buckets.give_back(7, pace, 1);
  EXPECT_EQ(buckets.take(7, pace, 1, kStart), kGranted);
  EXPECT_EQ(buckets.take(7, pace, 1, kStart), seconds{1});
  buckets.give_back(8, pace, 1);  // Has no bucket, and gets none.
  EXPECT_EQ(buckets.take(7, pace, 1, kStart), seconds{1});
}

TEST(SharedBuckets, PlacesOfFullBucketsAreUsedAgain) {
  SharedBuckets buckets(kKeyedWordsProbes);
  const Pace pace = Pace::of({.per_second = 10, .burst = 1});
  for (std::uint64_t key = 1; key < 1000; ++key) {
    const base::Instant now = kStart + key * milliseconds{100};
    ASSERT_EQ(buckets.take(key, pace, 1, now), kGranted);
  }
  EXPECT_EQ(buckets.takeovers(), 0U);
}

TEST(SharedBuckets, WhereAllAreInUseTheOneNearestToFullGivesWay) {
  SharedBuckets buckets(kKeyedWordsProbes);
  const Pace pace = Pace::of({.per_second = 1, .burst = 100});
  for (std::uint64_t key = 1; key <= kKeyedWordsProbes; ++key) {
    ASSERT_EQ(buckets.take(key, pace, 10 + static_cast<double>(key), kStart), kGranted);
  }
  EXPECT_EQ(buckets.takeovers(), 0U);
  EXPECT_EQ(buckets.take(99, pace, 100, kStart), kGranted) << "does not pay for another's";
  EXPECT_EQ(buckets.takeovers(), 1U);
  EXPECT_EQ(buckets.take(2, pace, 88, kStart), kGranted);
  EXPECT_NE(buckets.take(2, pace, 1, kStart), kGranted) << "key 2 kept its bucket";
}

// What four threads are granted of one bucket while time goes on.
std::uint64_t granted_to_four(SharedBuckets& buckets, const Pace& pace, base::Duration time,
                              std::uint64_t keys) {
  constexpr base::Duration kStep = microseconds{50};
  std::atomic<std::int64_t> clock{0};
  std::atomic<std::uint64_t> granted{0};
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      std::uint64_t mine = 0;
      std::uint64_t asked = 0;
      while (true) {
        const base::Duration at = kStep * clock.fetch_add(1);
        if (at >= time) break;
        for (int i = 0; i < 4; ++i) {
          if (buckets.take(1 + ++asked % keys, pace, 1, kStart + at) == kGranted) ++mine;
        }
      }
      granted += mine;
    });
  }
  for (std::thread& thread : threads) thread.join();
  return granted;
}

TEST(SharedBuckets, FourThreadsAreNeverGrantedMore) {
  SharedBuckets buckets(64);
  const std::uint64_t granted =
      granted_to_four(buckets, Pace::of({.per_second = 1000, .burst = 50}), seconds{2}, 1);
  EXPECT_LE(granted, 2050U);
  EXPECT_GE(granted, 2040U) << "and hardly less, though the threads' clocks overtake each other";
}

TEST(SharedBuckets, KeysThatLackAPlaceDoNoHarm) {
  SharedBuckets buckets(kKeyedWordsProbes);
  const std::uint64_t keys = std::uint64_t{4} * kKeyedWordsProbes;
  const std::uint64_t granted =
      granted_to_four(buckets, Pace::of({.per_second = 1000, .burst = 1}), seconds{1}, keys);
  EXPECT_GE(granted, 1000U);
  EXPECT_GT(buckets.takeovers(), 0U);
}

}  // namespace
}  // namespace app
