#include "engine/shard/host_limits.h"

#include <sched.h>
#include <sys/resource.h>

#include <algorithm>

#include "base/limits.h"

namespace engine {

namespace {

constexpr std::uint64_t kOpenFilesUnknown = 1024;  // The kernel's own default.
// Of the process's descriptors this part may be rings; the rest is for all else.
constexpr std::uint64_t kFilesPartForRings = 4;

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

std::uint64_t open_file_limit() {
  rlimit limit{};
  const bool known = getrlimit(RLIMIT_NOFILE, &limit) == 0;
  return known ? limit.rlim_cur : kOpenFilesUnknown;
}

std::uint64_t connections_limit(std::uint32_t shards, std::uint64_t open_files) {
  const std::uint64_t rings = open_files / kFilesPartForRings / shards;
  const std::uint64_t table = std::min<std::uint64_t>(open_files, base::kDescriptorsPerRingMost);
  const std::uint64_t each = std::min<std::uint64_t>(rings * table, base::kDescriptorsPerShardMost);
  // What descriptors_per_shard() adds to a share must fit too.
  const std::uint64_t added = base::kRefusalDescriptors + base::kShardDescriptorsSpare;
  if (each <= added) return 0;
  return (each - added) * base::kShardSlackPart / (base::kShardSlackPart + 1) * shards;
}

std::uint32_t descriptors_per_shard(std::uint64_t connections, std::uint32_t shards) {
  const std::uint64_t all = connections + base::kRefusalDescriptors;
  const std::uint64_t share = connections / shards;
  const std::uint64_t part = share + share / base::kShardSlackPart + base::kShardDescriptorsSpare +
                             base::kRefusalDescriptors;
  const std::uint64_t one_ring =
      std::min<std::uint64_t>(open_file_limit(), base::kDescriptorsPerRingMost);
  return static_cast<std::uint32_t>(std::min(all, std::max(part, one_ring)));
}

}  // namespace engine
