// Host limits: what this host allows a process of ours, held against what the operator asked for.
//
// The kernel caps the socket table of each ring at the open-file limit, so that connections at most
// are shards x limit. fit_to_host() raises the soft limit to the hard one, and where that is not
// enough says what to raise. Used once, before any thread starts.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"

namespace app {

struct Options;

inline constexpr std::uint32_t kCpusMost = 1024;

// The cpus that the process may run on.
std::vector<std::uint32_t> allowed_cpus();

// Raises what can be raised. An error says which flag does not fit and what would make it fit.
base::Status fit_to_host(Options& options);

// The sockets that each shard's ring may hold, given the limits that fit_to_host() left.
std::uint32_t descriptors_per_shard(const Options& options);

}  // namespace app
