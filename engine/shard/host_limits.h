// Host limits: what this host allows a process of ours: cpus, and sockets.
//
// The kernel caps the socket table of each ring at the open-file limit; a shard opens as many rings
// as its connections need, each of which takes a descriptor of the process. Whoever opens a
// ShardGroup asks here first, and words what does not fit in the terms of its own options. Any
// thread; before the group starts.
#pragma once

#include <cstdint>
#include <vector>

namespace engine {

inline constexpr std::uint32_t kCpusMost = 1024;

// The cpus that the process may run on.
std::vector<std::uint32_t> allowed_cpus();

// Raises the soft open-file limit to the hard one. What cannot be raised stays.
void raise_open_file_limit();

// Descriptors that the process, and the table of each ring, may hold.
std::uint64_t open_file_limit();

// How many connections so many shards can hold under that limit.
std::uint64_t connections_limit(std::uint32_t shards, std::uint64_t open_files);

// The sockets that each shard should be able to hold for so many connections over all shards: all
// of them where one ring does, because the kernel spreads by hash; else its share and some more,
// for a shard that is full passes on what it accepts.
std::uint32_t descriptors_per_shard(std::uint64_t connections, std::uint32_t shards);

}  // namespace engine
