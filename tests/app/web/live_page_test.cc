#include "app/web/live_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <string>

namespace app {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(LivePage, HasNoOutsideResource) {
  const std::string page(live_page());
  EXPECT_TRUE(page.starts_with("<!doctype html>"));
  EXPECT_TRUE(page.ends_with("</html>\n"));
  EXPECT_THAT(page, Not(HasSubstr("https://")));
  EXPECT_FALSE(std::regex_search(page, std::regex(R"((src|href)="(?!data:))")));
  // The policy admits neither: styles and handlers that are attributes.
  EXPECT_FALSE(std::regex_search(page, std::regex(R"(<\w+[^>]*\s(style|on\w+)=)")));
}

TEST(LivePage, ThePolicyAdmitsItsOwnScriptAndStyleOnly) {
  const std::string policy(live_page_policy());
  EXPECT_TRUE(std::regex_search(policy, std::regex(R"(script-src 'sha256-[A-Za-z0-9+/]{43}=';)")));
  EXPECT_TRUE(std::regex_search(policy, std::regex(R"(style-src 'sha256-[A-Za-z0-9+/]{43}=';)")));
  EXPECT_THAT(policy, HasSubstr("default-src 'none'"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
}

}  // namespace
}  // namespace app
