#include "app/admin/authenticator_metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace app {

namespace {

using prometheus::MetricType;

void add(std::vector<prometheus::MetricFamily>& families, std::string name, std::string help,
         MetricType type, std::uint64_t value) {
  prometheus::ClientMetric metric;
  (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) =
      static_cast<double>(value);
  families.push_back({std::move(name), std::move(help), type, {std::move(metric)}});
}

}  // namespace

std::string authenticator_metrics(const AuthenticatorCounts& counts) {
  std::vector<prometheus::MetricFamily> families;
  const auto counter = [&](std::string name, std::string help, std::uint64_t value) {
    add(families, std::move(name), std::move(help), MetricType::Counter, value);
  };
  const auto gauge = [&](std::string name, std::string help, std::uint64_t value) {
    add(families, std::move(name), std::move(help), MetricType::Gauge, value);
  };
  counter("millrace_auth_asked_total", "Tokens that were asked about", counts.asked);
  gauge("millrace_auth_waiting", "Tokens whose answer is awaited", counts.waiting);
  counter("millrace_auth_cache_hits_total", "Tokens that were known already", counts.cache_hits);
  counter("millrace_auth_service_calls_total", "Calls to the auth service", counts.service_calls);
  counter("millrace_auth_service_failures_total", "Calls that it did not answer as it should",
          counts.service_failures);
  counter("millrace_auth_admitted_while_down_total",
          "Known tokens that were let in while it was away", counts.admitted_while_down);
  counter("millrace_auth_jwks_refreshes_total", "Times that the key set was fetched",
          counts.jwks_refreshes);
  counter("millrace_auth_jwks_failures_total", "Times that it could not be fetched",
          counts.jwks_failures);
  gauge("millrace_auth_breaker_open", "1 while the auth service is not asked because it failed",
        counts.breaker_open ? 1 : 0);
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace app
