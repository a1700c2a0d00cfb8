#include "base/time.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Time, InstantsAndDurationsAddUp) {
  using namespace std::chrono_literals;
  const Instant start{Duration(5)};
  EXPECT_EQ((start + 1ms) - start, Duration(1'000'000));
  EXPECT_LT(start, kForever);
}

TEST(Time, ConvertsToSeconds) {
  EXPECT_DOUBLE_EQ(to_seconds(std::chrono::milliseconds(1500)), 1.5);
  EXPECT_DOUBLE_EQ(to_seconds(-std::chrono::seconds(2)), -2.0);
}

}  // namespace
}  // namespace base
