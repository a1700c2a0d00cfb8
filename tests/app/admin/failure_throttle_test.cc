#include "app/admin/failure_throttle.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "app/gateway_limits.h"

namespace app {
namespace {

using std::chrono::milliseconds;

constexpr FailureThrottle::Instant kStart{std::chrono::hours{1}};

TEST(FailureThrottle, ClosesAnAddressOutForTheRestOfTheSecond) {
  FailureThrottle throttle;
  for (std::uint32_t i = 0; i < kAdminFailuresPerSecondMost; ++i) {
    EXPECT_FALSE(throttle.is_closed_out("a", kStart));
    throttle.count("a", kStart);
  }
  EXPECT_TRUE(throttle.is_closed_out("a", kStart));
  EXPECT_TRUE(throttle.is_closed_out("a", kStart + milliseconds(999)));
  EXPECT_FALSE(throttle.is_closed_out("b", kStart));
  EXPECT_FALSE(throttle.is_closed_out("a", kStart + milliseconds(1000)));
  throttle.count("a", kStart + milliseconds(1000));
  EXPECT_FALSE(throttle.is_closed_out("a", kStart + milliseconds(1000)));
}

TEST(FailureThrottle, ForgetsTheLeastRecentAddressWhenItIsFull) {
  FailureThrottle throttle;
  for (std::uint32_t i = 0; i < kAdminFailuresPerSecondMost; ++i) {
    throttle.count("first", kStart);
    throttle.count("second", kStart);
  }
  throttle.count("first", kStart);
  for (std::size_t i = 0; i + 1 < kAdminFailureAddressesMost; ++i) {
    throttle.count(std::to_string(i), kStart);
  }
  EXPECT_TRUE(throttle.is_closed_out("first", kStart));
  EXPECT_FALSE(throttle.is_closed_out("second", kStart));
}

}  // namespace
}  // namespace app
