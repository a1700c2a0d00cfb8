#include "app/telemetry/authority_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace app {
namespace {

using testing::HasSubstr;

// Each figure under its own name: none stands where another belongs.
TEST(AuthorityMetrics, TellEachFigureUnderItsName) {
  const std::string text = authority_metrics({.asked = 1,
                                              .waiting = 2,
                                              .cache_hits = 3,
                                              .service_calls = 4,
                                              .service_failures = 5,
                                              .timeouts = 6,
                                              .overloaded = 7,
                                              .allowed_while_down = 8,
                                              .breaker_open = true});
  for (const char* line :
       {"millrace_access_asked_total 1\n", "millrace_access_waiting 2\n",
        "millrace_access_cache_hits_total 3\n", "millrace_access_service_calls_total 4\n",
        "millrace_access_service_failures_total 5\n", "millrace_access_service_timeouts_total 6\n",
        "millrace_access_overloaded_total 7\n", "millrace_access_allowed_while_down_total 8\n",
        "millrace_access_breaker_open 1\n"}) {
    EXPECT_THAT(text, HasSubstr(std::string("\n") + line));
  }
}

}  // namespace
}  // namespace app
