#include "app/telemetry/metric_page.h"

#include <prometheus/text_serializer.h>

namespace app {

void MetricPage::counter(std::string name, std::string help, std::uint64_t value, Labels labels) {
  add(std::move(name), std::move(help), MetricType::Counter, std::move(labels)).counter.value =
      static_cast<double>(value);
}

void MetricPage::add_gauge(std::string name, std::string help, double value, Labels labels) {
  add(std::move(name), std::move(help), MetricType::Gauge, std::move(labels)).gauge.value = value;
}

void MetricPage::histogram(std::string name, std::string help, Histogram histogram, Labels labels) {
  add(std::move(name), std::move(help), MetricType::Histogram, std::move(labels)).histogram =
      std::move(histogram);
}

std::string MetricPage::text() const { return prometheus::TextSerializer().Serialize(families_); }

prometheus::ClientMetric& MetricPage::add(std::string name, std::string help, MetricType type,
                                          Labels labels) {
  if (families_.empty() || families_.back().name != name) {
    families_.push_back({std::move(name), std::move(help), type, {}});
  }
  prometheus::ClientMetric& metric = families_.back().metric.emplace_back();
  metric.label = std::move(labels);
  return metric;
}

}  // namespace app
