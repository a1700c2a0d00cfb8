#include "app/telemetry/metric_page.h"

#include <prometheus/text_serializer.h>

#include <utility>

namespace app {

namespace {

using prometheus::MetricType;

prometheus::MetricFamily family(std::string name, std::string help, MetricType type,
                                std::uint64_t value) {
  prometheus::ClientMetric metric;
  (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) =
      static_cast<double>(value);
  return {std::move(name), std::move(help), type, {std::move(metric)}};
}

}  // namespace

void MetricPage::counter(std::string name, std::string help, std::uint64_t value) {
  families_.push_back(family(std::move(name), std::move(help), MetricType::Counter, value));
}

void MetricPage::gauge(std::string name, std::string help, std::uint64_t value) {
  families_.push_back(family(std::move(name), std::move(help), MetricType::Gauge, value));
}

std::string MetricPage::text() const { return prometheus::TextSerializer().Serialize(families_); }

}  // namespace app
