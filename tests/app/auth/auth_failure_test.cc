#include "app/auth/auth_failure.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace app {
namespace {

TEST(AuthFailure, EachHasANameOfItsOwnThatIsALabel) {
  std::set<std::string_view> names;
  std::set<std::string_view> sentences;
  for (std::uint8_t i = 0; i < kAuthFailureCount; ++i) {
    const auto failure = static_cast<AuthFailure>(i);
    const std::string_view label = name(failure);
    EXPECT_TRUE(names.insert(label).second) << label;
    EXPECT_TRUE(sentences.insert(sentence(failure)).second) << label;
    EXPECT_FALSE(label.empty());
    EXPECT_TRUE(
        std::ranges::all_of(label, [](char c) { return c == '_' || (c >= 'a' && c <= 'z'); }));
  }
  EXPECT_EQ(names.count("unknown"), 0U) << "the name of what has none";
  EXPECT_EQ(name(static_cast<AuthFailure>(kAuthFailureCount)), "unknown") << "the count is stale";
}

TEST(AuthFailure, TheStatusSaysWhatMayHelp) {
  using protocol::HttpStatus;
  for (std::uint8_t i = 1; i < kAuthFailureCount; ++i) {
    const auto failure = static_cast<AuthFailure>(i);
    HttpStatus expected = HttpStatus::unauthorized;
    if (failure == AuthFailure::origin) expected = HttpStatus::forbidden;
    if (failure == AuthFailure::throttled) expected = HttpStatus::too_many_requests;
    if (failure == AuthFailure::unavailable || failure == AuthFailure::overloaded) {
      expected = HttpStatus::service_unavailable;
    }
    EXPECT_EQ(status(failure), expected) << name(failure);
  }
  EXPECT_EQ(status(AuthFailure::none), HttpStatus::ok);
}

}  // namespace
}  // namespace app
