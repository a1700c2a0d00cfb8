#include "engine/session/return_schedule.h"

#include <gtest/gtest.h>

#include <map>

namespace engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr base::Instant kStart = base::Instant{} + std::chrono::hours{1};

TEST(ReturnSchedule, AsksASmallCrowdBackAfterASecondOrTwo) {
  ReturnSchedule schedule{milliseconds{1}};
  for (int i = 0; i < 500; ++i) EXPECT_LE(schedule.book(kStart), 2U);
}

TEST(ReturnSchedule, AsksALargeCrowdBackAtThePaceOfTheBudget) {
  ReturnSchedule schedule{milliseconds{1}};
  std::map<std::uint32_t, int> told;
  for (int i = 0; i < 5000; ++i) ++told[schedule.book(kStart)];
  EXPECT_EQ(told.rbegin()->first, 6U);
  for (const auto& [after, clients] : told) EXPECT_LE(clients, 1000) << after;
}

TEST(ReturnSchedule, ForgetsWhoWasToBeBackByNow) {
  ReturnSchedule schedule{milliseconds{1}};
  for (int i = 0; i < 5000; ++i) schedule.book(kStart);
  EXPECT_EQ(schedule.book(kStart + seconds{3}), 3U);
  EXPECT_EQ(schedule.book(kStart + seconds{60}), 1U);
}

TEST(ReturnSchedule, NeverAsksForMoreThanItsBound) {
  ReturnSchedule schedule{seconds{1}};
  for (int i = 0; i < 1000; ++i) {
    const std::uint32_t after = schedule.book(kStart);
    EXPECT_GE(after, 1U);
    EXPECT_LE(after, base::kRetryAfterSecondsMost);
  }
}

}  // namespace
}  // namespace engine
