#include "loadgen/retry_policy.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "loadgen/retry_queue.h"

namespace loadgen {
namespace {

using namespace std::chrono_literals;

constexpr int kDraws = 2000;

struct Spread {
  base::Duration least = base::Duration::max();
  base::Duration most{};
};

template <typename Draw>
Spread spread_of(Draw&& draw) {
  Spread spread;
  for (int i = 0; i < kDraws; ++i) {
    const base::Duration drawn = draw();
    spread.least = std::min(spread.least, drawn);
    spread.most = std::max(spread.most, drawn);
  }
  return spread;
}

TEST(RetryPolicy, BacksOffTwiceAsLongEachTimeWithFullJitterUpToTheCap) {
  RetryPolicy policy({.base = 100ms, .cap = 1s}, 1);
  for (const auto& [attempts, longest] : std::vector<std::pair<std::uint32_t, base::Duration>>{
           {1, 100ms}, {2, 200ms}, {3, 400ms}, {4, 800ms}, {5, 1s}, {6, 1s}, {4'000'000'000, 1s}}) {
    const Spread spread = spread_of([&] { return policy.backoff(attempts); });
    EXPECT_LT(spread.least, longest / 20) << attempts;
    EXPECT_GT(spread.most, longest - longest / 20) << attempts;
    EXPECT_LE(spread.most, longest) << attempts;
  }
}

TEST(RetryPolicy, ComesNotBeforeItIsToldAndAtMostHalfAsLateAgain) {
  RetryPolicy policy({}, 1);
  const Spread spread = spread_of([&] { return policy.after(4s); });
  EXPECT_GE(spread.least, 4s);
  EXPECT_LT(spread.least, 4100ms);
  EXPECT_GT(spread.most, 5900ms);
  EXPECT_LE(spread.most, 6s);
}

TEST(RetryQueue, GivesWhoIsDueFirst) {
  RetryQueue queue;
  EXPECT_EQ(queue.next(), base::kForever);
  queue.reserve(4);
  const base::Instant start{};
  queue.push(start + 3s, 3);
  queue.push(start + 1s, 1);
  queue.push(start + 4s, 4);
  queue.push(start + 2s, 2);
  for (std::uint32_t client = 1; client <= 4; ++client) {
    EXPECT_EQ(queue.next(), start + std::chrono::seconds{client});
    EXPECT_EQ(queue.pop(), client);
  }
  EXPECT_EQ(queue.next(), base::kForever);
}

}  // namespace
}  // namespace loadgen
