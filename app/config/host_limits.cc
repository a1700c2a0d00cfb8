#include "app/config/host_limits.h"

#include <fmt/format.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "app/config/options.h"
#include "base/limits.h"

namespace app {

namespace {

std::uint64_t open_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  return limit.rlim_cur;
}

void raise_open_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  // If the kernel refuses, the check below speaks of what is left.
  static_cast<void>(setrlimit(RLIMIT_NOFILE, &limit));
}

// Descriptors that a ring may hold: the limit, or what the kernel can number.
std::uint64_t table_limit() {
  return std::min<std::uint64_t>(open_file_limit(), base::kDescriptorsPerShardMost);
}

}  // namespace

std::vector<std::uint32_t> allowed_cpus() {
  std::vector<std::uint32_t> cpus;
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return {0};
  for (std::uint32_t cpu = 0; cpu < kCpusMost; ++cpu) {
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  }
  return cpus;
}

base::Status fit_to_host(Options& options) {
  raise_open_file_limit();
  const std::uint64_t limit = table_limit();
  if (limit <= base::kRefusalDescriptors) {
    return base::Error{fmt::format("the open-file limit is {}: raise it (ulimit -n) to at least {}",
                                   limit, base::kRefusalDescriptors + 1)};
  }
  const std::uint64_t per_shard = limit - base::kRefusalDescriptors;
  if (options.connections > per_shard * options.shards) {
    const std::uint64_t shards = (options.connections + per_shard - 1) / per_shard;
    return base::Error{fmt::format(
        "--connections {}: the open-file limit of {} allows {} per shard, {} in all: raise it "
        "(ulimit -n), use --shards {}, or lower --connections",
        options.connections, limit, per_shard, per_shard * options.shards, shards)};
  }
  return {};
}

std::uint32_t descriptors_per_shard(const Options& options) {
  // A single shard may get far more than its share, as the kernel spreads by hash.
  const std::uint64_t wanted = options.connections + base::kRefusalDescriptors;
  return static_cast<std::uint32_t>(std::min(wanted, table_limit()));
}

}  // namespace app
