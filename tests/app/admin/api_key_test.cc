#include "app/admin/api_key.h"

#include <gtest/gtest.h>

#include <string>

#include "app/gateway_limits.h"

namespace app {
namespace {

TEST(ApiKeys, FindsWhichKeyItIsAndNoOther) {
  const ApiKeys keys({"first-key-0123456", "second-key-012345"});
  EXPECT_EQ(keys.find("first-key-0123456"), 0U);
  EXPECT_EQ(keys.find("second-key-012345"), 1U);
  EXPECT_FALSE(keys.find(""));
  EXPECT_FALSE(keys.find("first-key-012345"));    // One short.
  EXPECT_FALSE(keys.find("first-key-01234567"));  // One long.
  EXPECT_FALSE(keys.find("First-key-0123456"));
  EXPECT_FALSE(keys.find(std::string("first-key-0123456\0", 18)));
}

TEST(ApiKeys, WithoutAnyNothingIsFound) {
  const ApiKeys keys({});
  EXPECT_TRUE(keys.empty());
  EXPECT_FALSE(keys.find(""));
}

TEST(ApiKeys, AKeyMustBeLongEnoughAndPrintable) {
  EXPECT_EQ(mistake_of_key("0123456789abcdef"), "");
  EXPECT_NE(mistake_of_key("0123456789abcde"), "");
  EXPECT_EQ(mistake_of_key(std::string(kAdminKeyBytesMax, 'k')), "");
  EXPECT_NE(mistake_of_key(std::string(kAdminKeyBytesMax + 1, 'k')), "");
  EXPECT_NE(mistake_of_key("0123456789 abcdef"), "");
  EXPECT_NE(mistake_of_key("0123456789abcdef\n"), "");
  EXPECT_NE(mistake_of_key("0123456789%61abcdef"), "");
}

TEST(PresentedKey, IsThatOfEitherHeader) {
  EXPECT_EQ(presented_key("Bearer abc", ""), "abc");
  EXPECT_EQ(presented_key("bearer  abc ", ""), "abc");
  EXPECT_EQ(presented_key("", " abc"), "abc");
  EXPECT_EQ(presented_key("Bearer abc", "def"), "abc");
  EXPECT_EQ(presented_key("Basic abc", "def"), "def");
  EXPECT_EQ(presented_key("Basic abc", ""), "");
  EXPECT_EQ(presented_key("Bearer ", ""), "");
  EXPECT_EQ(presented_key("Bearerabc", ""), "");
}

}  // namespace
}  // namespace app
