#include "engine/session/token_bucket.h"

#include <gtest/gtest.h>

namespace engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr base::Instant kStart{seconds{100}};

int take_all(TokenBucket& bucket, base::Instant now, int most = 1'000'000) {
  int taken = 0;
  while (taken < most && bucket.take(now)) ++taken;
  return taken;
}

TEST(TokenBucket, GivesABurstAndThenItsRate) {
  TokenBucket bucket(100, 5);
  EXPECT_EQ(take_all(bucket, kStart), 5);
  EXPECT_EQ(take_all(bucket, kStart + milliseconds{9}), 0);
  EXPECT_EQ(take_all(bucket, kStart + milliseconds{10}), 1);
  EXPECT_EQ(take_all(bucket, kStart + milliseconds{40}), 3);
}

TEST(TokenBucket, FillsToItsBurstAndNoFurther) {
  TokenBucket bucket(1000, 7);
  EXPECT_EQ(take_all(bucket, kStart), 7);
  EXPECT_EQ(take_all(bucket, kStart + seconds{60}), 7);
}

TEST(TokenBucket, SaysWhenItGivesAgain) {
  TokenBucket bucket(100, 2);
  EXPECT_EQ(take_all(bucket, kStart), 2);
  const base::Instant next = bucket.next();
  EXPECT_FALSE(bucket.take(next - base::Duration{1}));
  EXPECT_TRUE(bucket.take(next));
}

TEST(TokenBucket, KeepsItsRateOverTime) {
  TokenBucket bucket(1000, 10);
  int taken = 0;
  for (int tick = 0; tick < 10'000; ++tick) taken += take_all(bucket, kStart + milliseconds{tick});
  EXPECT_GE(taken, 9'999);
  EXPECT_LE(taken, 10'010);
}

TEST(TokenBucket, ARateOfZeroIsNoLimit) {
  TokenBucket bucket(0, 1);
  EXPECT_EQ(take_all(bucket, kStart, 1000), 1000);
}

}  // namespace
}  // namespace engine
