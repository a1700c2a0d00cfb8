#include "engine/shard/time_slice.h"

#include <gtest/gtest.h>
#include <sched.h>

namespace engine {
namespace {

TEST(TimeSlice, IsAWishThatChangesNothingElse) {
  const int before = sched_getscheduler(0);
  EXPECT_TRUE(set_time_slice(std::chrono::microseconds{200}));
  EXPECT_EQ(sched_getscheduler(0), before);
}

TEST(TimeSlice, LeavesAThreadWithAPolicyOfItsOwnAlone) {
  const sched_param none{};
  ASSERT_EQ(sched_setscheduler(0, SCHED_BATCH, &none), 0);
  EXPECT_FALSE(set_time_slice(std::chrono::microseconds{200}));
  EXPECT_EQ(sched_getscheduler(0), SCHED_BATCH);
  ASSERT_EQ(sched_setscheduler(0, SCHED_OTHER, &none), 0);
}

}  // namespace
}  // namespace engine
