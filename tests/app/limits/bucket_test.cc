#include "app/limits/bucket.h"

#include <gtest/gtest.h>

namespace app {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr base::Instant kStart{seconds{1000}};

TEST(Bucket, GrantsABurstAndThenTheRate) {
  const Pace pace = Pace::of({.per_second = 10, .burst = 5});
  Bucket bucket;
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(bucket.wait(pace, 1, kStart), base::Duration{}) << i;
    bucket.take(pace, 1, kStart);
  }
  EXPECT_EQ(bucket.wait(pace, 1, kStart), milliseconds{100});
  EXPECT_EQ(bucket.wait(pace, 1, kStart + milliseconds{99}), milliseconds{1});
  EXPECT_EQ(bucket.wait(pace, 1, kStart + milliseconds{100}), base::Duration{});
  EXPECT_EQ(bucket.wait(pace, 5, kStart + milliseconds{500}), base::Duration{});
  EXPECT_GT(bucket.wait(pace, 5, kStart + milliseconds{499}), base::Duration{});
}

TEST(Bucket, AskingTakesNothing) {
  const Pace pace = Pace::of({.per_second = 1, .burst = 1});
  const Bucket bucket;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(bucket.wait(pace, 1, kStart), base::Duration{});
}

TEST(Bucket, WhatIsRefusedTakesNothing) {
  const Pace pace = Pace::of({.per_second = 1, .burst = 1});
  Bucket bucket;
  bucket.take(pace, 1, kStart);
  for (int i = 0; i < 3; ++i) bucket.take(pace, 1, kStart);
  EXPECT_EQ(bucket.wait(pace, 1, kStart), seconds{1});
}

TEST(Bucket, MoreThanABurstPassesAFullOneAndIsPaidOff) {
  const Pace pace = Pace::of({.per_second = 100, .burst = 50});
  Bucket bucket;
  EXPECT_EQ(bucket.wait(pace, 1000, kStart), base::Duration{});
  bucket.take(pace, 1000, kStart);
  EXPECT_EQ(bucket.wait(pace, 1, kStart), seconds{10} - milliseconds{490});
}

TEST(Bucket, ARateOfZeroIsNoLimit) {
  const Pace none = Pace::of({});
  Bucket bucket;
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(bucket.wait(none, 1e9, kStart), base::Duration{});
    bucket.take(none, 1e9, kStart);
  }
}

TEST(Bucket, AFractionOfABurstStillLetsOneThrough) {
  const Pace pace = Pace::of({.per_second = 0.5, .burst = 0});
  Bucket bucket;
  EXPECT_EQ(bucket.wait(pace, 1, kStart), base::Duration{});
  bucket.take(pace, 1, kStart);
  EXPECT_EQ(bucket.wait(pace, 1, kStart), seconds{2});
}

TEST(Bucket, TheLargestNumbersDoNotOverflow) {
  const Pace slow = Pace::of({.per_second = 1e-9, .burst = 1e18});
  Bucket bucket;
  bucket.take(slow, 1e18, kStart);
  bucket.take(slow, 1e18, kStart);
  EXPECT_GT(bucket.wait(slow, 1e18, kStart), base::Duration{});
}

}  // namespace
}  // namespace app
