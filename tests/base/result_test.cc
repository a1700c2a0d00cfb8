#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace base {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return Error{"odd"};
  return number / 2;
}

TEST(Result, HoldsAValue) {
  const Result<int> result = half(4);
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(static_cast<bool>(result));
  EXPECT_EQ(result.value(), 2);
}

TEST(Result, HoldsAnError) {
  const Result<int> result = half(3);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().message, "odd");
}

TEST(Result, GivesUpWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> result = std::make_unique<int>(7);
  const std::unique_ptr<int> taken = result.take();
  EXPECT_EQ(*taken, 7);
}

TEST(Result, OfAnErrorTypeTellsBothApart) {
  const Result<std::string> text = std::string("value");
  EXPECT_TRUE(text.ok());
}

TEST(Status, IsSuccessByDefault) {
  const auto act = [](bool works) -> Status {
    if (!works) return Error{"broken"};
    return {};
  };
  EXPECT_TRUE(act(true).ok());
  EXPECT_EQ(act(false).error().message, "broken");
}

TEST(ResultDeathTest, AskingForTheWrongHalfIsOurBug) {
  const Result<int> failed = half(1);
  EXPECT_DEATH(static_cast<void>(failed.value()), "CHECK failed");
  const Result<int> fine = half(2);
  EXPECT_DEATH(static_cast<void>(fine.error()), "CHECK failed");
}

}  // namespace
}  // namespace base
