#include "app/native/refusal_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace app {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

nlohmann::json body_of(const std::string& response) {
  return nlohmann::json::parse(response.substr(response.find("\r\n\r\n") + 4));
}

TEST(RefusalText, EveryFailureHasAStatusAndABodyOfJson) {
  for (std::uint8_t i = 1; i < kAuthFailureCount; ++i) {
    const auto failure = static_cast<AuthFailure>(i);
    const std::string response = write_auth_refusal(failure);
    EXPECT_THAT(response, StartsWith("HTTP/1.1 "));
    EXPECT_THAT(response, HasSubstr("Content-Type: application/json"));
    // A 503 says when to come back even where nobody said.
    EXPECT_EQ(response.find("Retry-After") != std::string::npos,
              status(failure) == protocol::HttpStatus::service_unavailable);
    const nlohmann::json error = body_of(response).at("error");
    EXPECT_EQ(error.at("code"), "AUTH_FAILED");
    EXPECT_EQ(error.at("reason"), name(failure));
    EXPECT_FALSE(error.at("message").get<std::string>().empty());
  }
}

TEST(RefusalText, OnlyA401SaysHowToSayWhoOneIs) {
  EXPECT_THAT(write_auth_refusal(AuthFailure::missing), HasSubstr("WWW-Authenticate: Bearer\r\n"));
  EXPECT_THAT(write_auth_refusal(AuthFailure::origin), Not(HasSubstr("WWW-Authenticate")));
}

TEST(RefusalText, WaitingIsSaidInWholeSecondsAndNeverTooShort) {
  using std::chrono::milliseconds;
  EXPECT_THAT(write_auth_refusal(AuthFailure::unavailable, milliseconds{1}),
              HasSubstr("Retry-After: 1\r\n"));
  EXPECT_THAT(write_auth_refusal(AuthFailure::unavailable, milliseconds{5000}),
              HasSubstr("Retry-After: 5\r\n"));
  EXPECT_THAT(write_auth_refusal(AuthFailure::unavailable, milliseconds{5001}),
              HasSubstr("Retry-After: 6\r\n"));
}

TEST(RefusalText, WhatItIsToldCannotBreakOut) {
  const std::string response =
      write_json_refusal(protocol::HttpStatus::bad_request, ErrorCode::protocol_error,
                         "a\"\r\nSet-Cookie: b", "c\\\x01");
  EXPECT_THAT(response, Not(HasSubstr("\nSet-Cookie")));
  EXPECT_EQ(body_of(response).at("error").at("reason"), "a\"\r\nSet-Cookie: b");
  EXPECT_EQ(body_of(response).at("error").at("message"), "c\\\x01");
}

}  // namespace
}  // namespace app
