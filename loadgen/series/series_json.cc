#include "loadgen/series/series_json.h"

#include <nlohmann/json.hpp>

#include "loadgen/series/latency_grid.h"

namespace loadgen {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;

template <typename Sample, typename Figure>
Json column(const std::vector<Sample>& samples, Figure figure) {
  Json list = Json::array();
  for (const Sample& sample : samples) list.push_back(figure(sample));
  return list;
}

template <typename Sample>
Json seconds(const std::vector<Sample>& samples) {
  return column(samples, [](const Sample& sample) {
    // To the microsecond: the rest is noise that only makes the text long.
    constexpr double kMicroseconds = 1e6;
    return static_cast<double>(sample.at / std::chrono::microseconds{1}) / kMicroseconds;
  });
}

Json traffic(const std::vector<TrafficSample>& samples) {
  const auto member = [&samples](std::uint64_t TrafficSample::* figure) {
    return column(samples, [figure](const TrafficSample& sample) { return sample.*figure; });
  };
  return {{"seconds", seconds(samples)},
          {"opened", member(&TrafficSample::opened)},
          {"failed", member(&TrafficSample::failed)},
          {"open", member(&TrafficSample::open)},
          {"sent", member(&TrafficSample::sent)},
          {"received", member(&TrafficSample::received)},
          {"payload_bytes_sent", member(&TrafficSample::payload_bytes_sent)},
          {"payload_bytes_received", member(&TrafficSample::payload_bytes_received)}};
}

Json latency(const std::vector<TrafficSample>& samples) {
  const LatencyGrid grid = LatencyGrid::of(samples);
  Json begins = Json::array();
  for (std::size_t range = 0; grid.ranges > 0 && range <= grid.ranges; ++range) {
    begins.push_back(latency_range_begin(grid.first_range + range));
  }
  return {{"range_begin_ns", begins}, {"counts", grid.counts}};
}

Json resources(const std::vector<ResourceSample>& samples) {
  const auto cpu = [&samples](base::Duration ResourceSample::* figure) {
    return column(samples,
                  [figure](const ResourceSample& s) { return base::to_seconds(s.*figure); });
  };
  const auto resident = [&samples](std::uint64_t ResourceSample::* figure) {
    return column(samples, [figure](const ResourceSample& sample) { return sample.*figure; });
  };
  const auto host = [&samples](std::uint64_t HostMemory::* figure) {
    return column(samples, [figure](const ResourceSample& sample) { return sample.host.*figure; });
  };
  return {{"seconds", seconds(samples)},
          {"client_cpu_seconds", cpu(&ResourceSample::client_cpu)},
          {"server_cpu_seconds", cpu(&ResourceSample::server_cpu)},
          {"client_resident", resident(&ResourceSample::client_resident)},
          {"server_resident", resident(&ResourceSample::server_resident)},
          {"host_available", host(&HostMemory::available)},
          {"host_slab", host(&HostMemory::slab)},
          {"host_tcp_buffers", host(&HostMemory::tcp_buffers)},
          {"cgroup", host(&HostMemory::cgroup)}};
}

}  // namespace

Json series_json(const RunSeries& series) {
  return {{"version", kVersion},
          {"measured_from_seconds", base::to_seconds(series.measured_from)},
          {"measured_to_seconds", base::to_seconds(series.measured_to)},
          {"traffic", traffic(series.traffic)},
          {"latency", latency(series.traffic)},
          {"resources", resources(series.resources)}};
}

}  // namespace loadgen
