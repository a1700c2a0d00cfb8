#include "app/telemetry/authenticator_metrics.h"

#include "app/telemetry/metric_page.h"

namespace app {

std::string authenticator_metrics(const AuthenticatorCounts& counts) {
  MetricPage page;
  page.counter("millrace_auth_asked_total", "Tokens that were asked about", counts.asked);
  page.gauge("millrace_auth_waiting", "Tokens whose answer is awaited", counts.waiting);
  page.counter("millrace_auth_cache_hits_total", "Tokens that were known already",
               counts.cache_hits);
  page.counter("millrace_auth_service_calls_total", "Calls to the auth service",
               counts.service_calls);
  page.counter("millrace_auth_service_failures_total", "Calls that it did not answer as it should",
               counts.service_failures);
  page.counter("millrace_auth_admitted_while_down_total",
               "Known tokens that were let in while it was away", counts.admitted_while_down);
  page.counter("millrace_auth_jwks_refreshes_total", "Times that the key set was fetched",
               counts.jwks_refreshes);
  page.counter("millrace_auth_jwks_failures_total", "Times that it could not be fetched",
               counts.jwks_failures);
  page.gauge("millrace_auth_breaker_open",
             "1 while the auth service is not asked because it failed",
             counts.breaker_open ? 1 : 0);
  return page.text();
}

}  // namespace app
