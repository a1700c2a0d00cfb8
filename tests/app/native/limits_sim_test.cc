// Limits over shards: who is refused, by which limit, and what it is told.
#include <gtest/gtest.h>

#include <string>

#include "tests/app/native/native_sim.h"

namespace app {
namespace {

class LimitsSim : public NativeSim {
 protected:
  LimitsSim() { options_.limits.enabled = true; }

  void expect_limited(const Json& answer, std::string_view by) {
    ASSERT_EQ(answer.value("event", ""), "error") << answer;
    const Json& error = answer.at("data");
    EXPECT_EQ(error.at("code"), "RATE_LIMITED");
    EXPECT_EQ(error.at("recoverable"), true);
    EXPECT_EQ(error.at("details").at("limit"), by);
    EXPECT_GT(error.at("details").at("retryAfter"), 0);
  }
  bool is_welcome(const Json& answer) { return answer.value("event", "") != "error"; }
};

TEST_P(LimitsSim, OneConnectionTooManyIsToldWhenToComeBack) {
  options_.limits.connections_per_user = 1;
  start();
  const std::size_t first = connect_on(0, "acme/ann");
  const std::size_t second = connect("acme/ann");
  ASSERT_TRUE(hears(second, "error"));
  expect_limited(events(second).back(), "connections_per_user");
  EXPECT_EQ(data(second, "error").at("details").at("retryAfter"), 10);
  EXPECT_TRUE(until([&] { return close_code(second) == 1008; }));
  EXPECT_TRUE(is_welcome(ask_for(first, "ping", {})));
}

INSTANTIATE_TEST_SUITE_P(Seeds, LimitsSim, testing::Range<std::uint64_t>(1, 7));

}  // namespace
}  // namespace app
