#include "loadgen/host_limits.h"

#include <sys/resource.h>

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

HostLimits HostLimits::raise_and_look() {
  HostLimits limits{.files_max = 0, .local_ports = kLocalPortsDefault};
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  static_cast<void>(setrlimit(RLIMIT_NOFILE, &files));
  getrlimit(RLIMIT_NOFILE, &files);
  limits.files_max = files.rlim_cur;
  std::ifstream range("/proc/sys/net/ipv4/ip_local_port_range");
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  if (range >> first >> last && last >= first) limits.local_ports = last - first + 1;
  return limits;
}

base::Status HostLimits::check(const LoadOptions& options) const {
  const std::uint64_t table = descriptors_per_shard(options);
  if (table > files_max) {
    const std::uint64_t spare = std::min<std::uint64_t>(kDescriptorsSpare, files_max / 2);
    const std::uint64_t shards =
        files_max > spare ? divide_up(options.connections, files_max - spare) : base::kShardsMost;
    return base::Error{std::to_string(options.connections) + " connections on " +
                       std::to_string(options.shards) + " shard(s) need " + std::to_string(table) +
                       " sockets each, but the open-file limit is " + std::to_string(files_max) +
                       ": use --shards " + std::to_string(shards) +
                       ", or raise the limit (ulimit -n)"};
  }
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
