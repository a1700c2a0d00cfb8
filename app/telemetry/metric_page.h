// MetricPage: families of figures in Prometheus' text format.
//
// Values are read by whoever adds them. What is added under one name one after the other becomes
// one family, with the help of the first. One thread at a time. Bound: what is added.
#pragma once

#include <prometheus/metric_family.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace app {

class MetricPage {
 public:
  using Labels = std::vector<prometheus::ClientMetric::Label>;
  using Histogram = prometheus::ClientMetric::Histogram;

  void counter(std::string name, std::string help, std::uint64_t value, Labels labels = {});
  template <typename Number>
  void gauge(std::string name, std::string help, Number value, Labels labels = {}) {
    add_gauge(std::move(name), std::move(help), static_cast<double>(value), std::move(labels));
  }
  void histogram(std::string name, std::string help, Histogram histogram, Labels labels = {});

  std::string text() const;

 private:
  using MetricType = prometheus::MetricType;

  void add_gauge(std::string name, std::string help, double value, Labels labels);
  // One more of the family, without its value.
  prometheus::ClientMetric& add(std::string name, std::string help, MetricType type, Labels labels);

  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace app
