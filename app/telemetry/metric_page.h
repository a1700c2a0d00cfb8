// MetricPage: figures that are of the process and no shard, in Prometheus' text format.
//
// Values are read by whoever adds them. One thread at a time. Bound: what is added.
#pragma once

#include <prometheus/metric_family.h>

#include <cstdint>
#include <string>
#include <vector>

namespace app {

class MetricPage {
 public:
  void counter(std::string name, std::string help, std::uint64_t value);
  void gauge(std::string name, std::string help, std::uint64_t value);
  std::string text() const;

 private:
  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace app
