#include "app/rooms/access_word.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "app/gateway_limits.h"

namespace app {
namespace {

AccessWord read(std::string body, int status = 200) {
  return read_access_word({.outcome = HttpOutcome::ok, .status = status, .body = std::move(body)});
}

TEST(AccessWord, IsYesOrNo) {
  const AccessWord yes = read(R"({"allowed":true})");
  EXPECT_FALSE(yes.failed);
  EXPECT_TRUE(yes.allowed);
  EXPECT_FALSE(yes.holds_for);
  const AccessWord no = read(R"({"allowed":false,"ttl":null,"why":"closed"})");
  EXPECT_FALSE(no.failed);
  EXPECT_FALSE(no.allowed);
  EXPECT_FALSE(no.holds_for);
}

TEST(AccessWord, MayHoldForATime) {
  EXPECT_EQ(read(R"({"allowed":true,"ttl":0})").holds_for, base::Duration::zero());
  EXPECT_EQ(read(R"({"allowed":true,"ttl":1.5})").holds_for, std::chrono::milliseconds{1500});
  EXPECT_EQ(read(R"({"allowed":true,"ttl":1e300})").holds_for, kAccessTtlMost) << "but no longer";
}

TEST(AccessWord, AnythingElseIsNotBelieved) {
  constexpr std::array<const char*, 14> kLies{"",
                                              "null",
                                              "true",
                                              "[]",
                                              "{}",
                                              R"({"allowed":1})",
                                              R"({"allowed":"true"})",
                                              R"({"allowed":null})",
                                              R"({"allowed":true)",
                                              R"({"Allowed":true})",
                                              R"({"allowed":true,"ttl":-1})",
                                              R"({"allowed":true,"ttl":"60"})",
                                              R"({"allowed":true,"ttl":[]})",
                                              R"({"allowed":true} and more)"};
  for (const char* lie : kLies) {
    EXPECT_TRUE(read(lie).failed) << lie;
    EXPECT_FALSE(read(lie).failure.empty()) << lie;
  }
  for (const int status : {201, 204, 302, 400, 401, 403, 404, 429, 500, 503}) {
    EXPECT_TRUE(read(R"({"allowed":true})", status).failed) << status;
  }
  for (const HttpOutcome outcome : {HttpOutcome::timed_out, HttpOutcome::unreachable,
                                    HttpOutcome::broken, HttpOutcome::too_large}) {
    EXPECT_TRUE(read_access_word({.outcome = outcome}).failed);
  }
}

}  // namespace
}  // namespace app
