#include "engine/reactor/deadline_queue.h"

#include <gtest/gtest.h>

namespace engine {
namespace {

using std::chrono::seconds;

constexpr base::Instant kStart{seconds{100}};

TEST(DeadlineQueue, IsNeverDueWhileEmpty) {
  DeadlineQueue<int> queue(seconds{5});
  EXPECT_EQ(queue.next(), base::kForever);
  EXPECT_EQ(queue.pop_due(kStart), std::nullopt);
}

TEST(DeadlineQueue, YieldsWhatIsDueInTheOrderThatItCame) {
  DeadlineQueue<int> queue(seconds{5});
  queue.push(kStart, 1);
  queue.push(kStart + seconds{1}, 2);
  queue.push(kStart + seconds{1}, 3);
  EXPECT_EQ(queue.next(), kStart + seconds{5});
  EXPECT_EQ(queue.pop_due(kStart + seconds{5} - base::Duration{1}), std::nullopt);
  EXPECT_EQ(queue.pop_due(kStart + seconds{5}), 1);
  EXPECT_EQ(queue.pop_due(kStart + seconds{5}), std::nullopt);
  EXPECT_EQ(queue.next(), kStart + seconds{6});
  EXPECT_EQ(queue.pop_due(kStart + seconds{60}), 2);
  EXPECT_EQ(queue.pop_due(kStart + seconds{60}), 3);
  EXPECT_EQ(queue.next(), base::kForever);
}

TEST(DeadlineQueue, HoldsManyAndGoesOn) {
  DeadlineQueue<int> queue(seconds{1});
  int popped = 0;
  for (int i = 0; i < 10'000; ++i) {
    queue.push(kStart + seconds{i}, i);
    if (i % 3 != 0) continue;
    EXPECT_EQ(queue.pop_due(base::kForever), popped);
    ++popped;
  }
  while (const auto value = queue.pop_due(base::kForever)) EXPECT_EQ(*value, popped++);
  EXPECT_EQ(popped, 10'000);
}

}  // namespace
}  // namespace engine
