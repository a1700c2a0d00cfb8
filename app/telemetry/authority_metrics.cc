#include "app/telemetry/authority_metrics.h"

#include "app/telemetry/metric_page.h"

namespace app {

std::string authority_metrics(const RoomAuthorityCounts& counts) {
  MetricPage page;
  page.counter("millrace_access_asked_total", "Rights that the access service was to decide about",
               counts.asked);
  page.gauge("millrace_access_waiting", "Of those, whose answer is awaited", counts.waiting);
  page.counter("millrace_access_cache_hits_total", "Rights about which its word still held",
               counts.cache_hits);
  page.counter("millrace_access_service_calls_total", "Calls to the access service",
               counts.service_calls);
  page.counter("millrace_access_service_failures_total",
               "Calls that it did not answer as it should", counts.service_failures);
  page.counter("millrace_access_service_timeouts_total", "Of those, the ones that took too long",
               counts.timeouts);
  page.counter("millrace_access_overloaded_total",
               "Questions that were not asked, because too many waited", counts.overloaded);
  page.counter("millrace_access_allowed_while_down_total",
               "Known rights that were granted while it was away", counts.allowed_while_down);
  page.gauge("millrace_access_breaker_open",
             "1 while the access service is not asked because it failed",
             counts.breaker_open ? 1 : 0);
  return page.text();
}

}  // namespace app
