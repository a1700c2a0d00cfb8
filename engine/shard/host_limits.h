// Host limits: what this host allows a process of ours: cpus, and sockets per shard.
//
// The kernel caps the socket table of each ring at the open-file limit, so that connections at most
// are shards x limit. Whoever opens a ShardGroup asks here first, and words what does not fit in
// the terms of its own options. Any thread; before the group starts.
#pragma once

#include <cstdint>
#include <vector>

namespace engine {

inline constexpr std::uint32_t kCpusMost = 1024;

// The cpus that the process may run on.
std::vector<std::uint32_t> allowed_cpus();

// Raises the soft open-file limit to the hard one. What cannot be raised stays.
void raise_open_file_limit();

// Descriptors that a ring may hold: the open-file limit, or what the kernel can number.
std::uint64_t descriptor_table_limit();

// The sockets that each shard's ring should hold for so many connections over all shards: all of
// them, because the kernel spreads by hash and one shard may get far more than its share.
std::uint32_t descriptors_per_shard(std::uint64_t connections);

}  // namespace engine
