#include "base/check.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Check, PassesWhatHolds) {
  CHECK(1 + 1 == 2);
  DCHECK(true);
  maybe(false);
}

TEST(CheckDeathTest, SaysWhereAndWhatBeforeItAborts) {
  const int one = 1;
  EXPECT_DEATH(CHECK(one == 2), "check_test.cc:[0-9]+: CHECK failed: one == 2");
}

TEST(CheckDeathTest, DcheckHoldsWhereItIsCompiledIn) {
  int evaluations = 0;
  const auto fails = [&evaluations] { return ++evaluations == 0; };
#if defined(MILLRACE_DCHECK) && MILLRACE_DCHECK
  EXPECT_DEATH(DCHECK(fails()), "CHECK failed");
#else
  DCHECK(fails());
#endif
  EXPECT_EQ(evaluations, 0);
}

TEST(Check, IsAnExpressionOfOneValue) {
  const int value = 3;
  if (value == 3)
    CHECK(value > 2);
  else
    FAIL() << "CHECK swallowed the else";
}

}  // namespace
}  // namespace base
