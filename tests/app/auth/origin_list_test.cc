#include "app/auth/origin_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/gateway_limits.h"

namespace app {
namespace {

using testing::HasSubstr;

bool allows(const std::vector<std::string>& origins, std::string_view origin) {
  return OriginList::make(origins).take().allows(origin);
}

std::string error_of(const std::string& origin) {
  const auto list = OriginList::make({"https://good.example", origin});
  return list.ok() ? "none" : list.error().message;
}

TEST(OriginList, AnEmptyListLetsEveryPageIn) {
  for (const char* origin : {"https://anything.example", "null", "", "garbage"}) {
    EXPECT_TRUE(allows({}, origin));
  }
}

TEST(OriginList, WhatIsNoBrowserHasNoOrigin) {
  const OriginList list = OriginList::make({"https://app.example.com"}).take();
  EXPECT_TRUE(list.allows(std::nullopt));
  EXPECT_FALSE(list.allows("")) << "a header that is there, and empty";
}

TEST(OriginList, AnExactOrigin) {
  const std::vector<std::string> list{"https://App.example.com"};
  EXPECT_TRUE(allows(list, "https://app.example.com"));
  EXPECT_TRUE(allows(list, "HTTPS://APP.EXAMPLE.COM"));
  EXPECT_TRUE(allows(list, "https://app.example.com:443"));
  for (const char* origin :
       {"http://app.example.com", "https://app.example.com:8443", "https://example.com",
        "https://x.app.example.com", "https://app.example.com.evil.com",
        "https://evilapp.example.com", "https://app.example.com.", "https://app.example.com/",
        "https://app.example.com:443:443", "https://app.example.com https://evil.com",
        "https://evil.com#https://app.example.com", "https://user@app.example.com",
        "app.example.com", "//app.example.com", "null", "https://app.example.com\t",
        "https://*.example.com", "https://app.example.com:0443x"}) {
    EXPECT_FALSE(allows(list, origin)) << origin;
  }
}

TEST(OriginList, DefaultPortsAreTheSameAsNone) {
  EXPECT_TRUE(allows({"http://a.example:80"}, "http://a.example"));
  EXPECT_TRUE(allows({"https://a.example:443"}, "https://a.example"));
  EXPECT_FALSE(allows({"https://a.example:80"}, "https://a.example"));
  EXPECT_TRUE(allows({"http://localhost:3000"}, "http://localhost:3000"));
  EXPECT_FALSE(allows({"http://localhost:3000"}, "http://localhost"));
}

TEST(OriginList, AStarIsOneLabelOrMore) {
  const std::vector<std::string> list{"https://*.example.com"};
  EXPECT_TRUE(allows(list, "https://a.example.com"));
  EXPECT_TRUE(allows(list, "https://a.b.EXAMPLE.com"));
  for (const char* origin :
       {"https://example.com", "https://.example.com", "https://a..example.com",
        "https://aexample.com", "https://a.example.com.evil.com", "http://a.example.com",
        "https://a.example.com:444", "https://evil.com/.example.com", "https://*.example.com",
        "https://evil.com?.example.com"}) {
    EXPECT_FALSE(allows(list, origin)) << origin;
  }
}

TEST(OriginList, NullOnlyWhereListed) {
  EXPECT_FALSE(allows({"https://a.example"}, "null"));
  EXPECT_TRUE(allows({"https://a.example", "null"}, "null"));
  EXPECT_FALSE(allows({"null"}, "https://a.example"));
  EXPECT_FALSE(allows({"null"}, "NULL"));
}

TEST(OriginList, AppsInAWebViewAndAddresses) {
  EXPECT_TRUE(allows({"capacitor://localhost"}, "capacitor://localhost"));
  EXPECT_TRUE(allows({"http://[::1]:8080"}, "http://[::1]:8080"));
  EXPECT_TRUE(allows({"http://[::1]"}, "http://[::1]:80"));
  EXPECT_FALSE(allows({"http://[::1]"}, "http://[::2]"));
}

TEST(OriginList, SaysWhichIsWrong) {
  EXPECT_EQ(error_of("https://fine.example:8443"), "none");
  EXPECT_THAT(error_of("app.example.com"), HasSubstr("'app.example.com'"));
  EXPECT_THAT(error_of("*"), HasSubstr("does not begin with https://"));
  EXPECT_THAT(error_of("https://app.example.com/"), HasSubstr("no slash at the end"));
  EXPECT_THAT(error_of("https://app.example.com/path"), HasSubstr("nothing more"));
  EXPECT_THAT(error_of("https://app.*.com"), HasSubstr("at its start only"));
  EXPECT_THAT(error_of("https://*"), HasSubstr("its host is none"));
  EXPECT_THAT(error_of("https://"), HasSubstr("its host is none"));
  EXPECT_THAT(error_of("1x://host"), HasSubstr("its scheme is none"));
  EXPECT_THAT(error_of("https://a:0"), HasSubstr("its port"));
  EXPECT_THAT(error_of("https://a:65536"), HasSubstr("its port"));
  EXPECT_THAT(error_of("https://a:"), HasSubstr("its port"));
  EXPECT_THAT(error_of("https://" + std::string(kOriginBytesMax, 'a')), HasSubstr("too long"));
  EXPECT_FALSE(OriginList::make(std::vector<std::string>(kOriginsMost + 1, "null")).ok());
}

}  // namespace
}  // namespace app
