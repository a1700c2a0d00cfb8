#include "loadgen/host_limits.h"

#include <algorithm>
#include <fstream>
#include <string>

#include "base/limits.h"

namespace loadgen {

namespace {

// Connections that are being closed still hold a descriptor while their successors connect.
constexpr std::uint32_t kDescriptorsSpare = 1024;
constexpr std::uint64_t kLocalPortsDefault = 28232;  // 32768 to 60999, the kernel's own default.

constexpr std::uint64_t divide_up(std::uint64_t value, std::uint64_t by) noexcept {
  return (value + by - 1) / by;
}

}  // namespace

HostLimits HostLimits::look() {
  HostLimits limits{.local_ports = kLocalPortsDefault};
  std::ifstream range("/proc/sys/net/ipv4/ip_local_port_range");
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  if (range >> first >> last && last >= first) limits.local_ports = last - first + 1;
  return limits;
}

base::Status HostLimits::check(const LoadOptions& options) const {
  const std::uint64_t destinations = options.target.endpoints.size();
  const std::uint64_t each = divide_up(options.connections, destinations);
  if (each > local_ports) {
    return base::Error{std::to_string(each) + " connections to one address need as many local " +
                       "ports, but net.ipv4.ip_local_port_range has " +
                       std::to_string(local_ports) + ": use --spread " +
                       std::to_string(divide_up(options.connections, local_ports)) +
                       " (a server that listens on all of 127.0.0.0/8), more addresses in the "
                       "URL, or a wider range"};
  }
  return {};
}

std::uint32_t descriptors_per_shard(const LoadOptions& options) noexcept {
  return static_cast<std::uint32_t>(divide_up(options.connections, options.all_shards())) +
         kDescriptorsSpare;
}

}  // namespace loadgen
