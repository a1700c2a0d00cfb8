#include "engine/shard/host_limits.h"

#include <sched.h>
#include <sys/resource.h>

#include <algorithm>

#include "base/limits.h"

namespace engine {

namespace {

constexpr std::uint64_t kOpenFilesUnknown = 1024;  // The kernel's own default.

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

void raise_open_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  // If the kernel refuses, descriptor_table_limit() speaks of what is left.
  static_cast<void>(setrlimit(RLIMIT_NOFILE, &limit));
}

std::uint64_t descriptor_table_limit() {
  rlimit limit{};
  const bool known = getrlimit(RLIMIT_NOFILE, &limit) == 0;
  return std::min<std::uint64_t>(known ? limit.rlim_cur : kOpenFilesUnknown,
                                 base::kDescriptorsPerShardMost);
}

std::uint32_t descriptors_per_shard(std::uint64_t connections) {
  const std::uint64_t wanted = connections + base::kRefusalDescriptors;
  return static_cast<std::uint32_t>(std::min(wanted, descriptor_table_limit()));
}

}  // namespace engine
