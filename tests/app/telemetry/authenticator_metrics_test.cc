#include "app/telemetry/authenticator_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace app {
namespace {

using testing::HasSubstr;

// Each figure under its own name: none stands where another belongs.
TEST(AuthenticatorMetrics, TellEachFigureUnderItsName) {
  const std::string text = authenticator_metrics({.asked = 1,
                                                  .waiting = 2,
                                                  .cache_hits = 3,
                                                  .service_calls = 4,
                                                  .service_failures = 5,
                                                  .admitted_while_down = 6,
                                                  .jwks_refreshes = 7,
                                                  .jwks_failures = 8,
                                                  .breaker_open = true});
  for (const char* line :
       {"millrace_auth_asked_total 1\n", "millrace_auth_waiting 2\n",
        "millrace_auth_cache_hits_total 3\n", "millrace_auth_service_calls_total 4\n",
        "millrace_auth_service_failures_total 5\n", "millrace_auth_admitted_while_down_total 6\n",
        "millrace_auth_jwks_refreshes_total 7\n", "millrace_auth_jwks_failures_total 8\n",
        "millrace_auth_breaker_open 1\n"}) {
    EXPECT_THAT(text, HasSubstr(std::string("\n") + line));
  }
}

}  // namespace
}  // namespace app
