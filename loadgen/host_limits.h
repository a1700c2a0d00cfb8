// Host limits: whether this host lets a run have its connections, found out before any is opened.
//
// Two limits count: the open-file limit, which caps the socket table of each shard, and the local
// ports, of which each destination address and port has its own set. Called on the main thread.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "loadgen/load_options.h"

namespace loadgen {

struct HostLimits {
  std::uint64_t files_max = 0;    // RLIMIT_NOFILE.
  std::uint64_t local_ports = 0;  // Of net.ipv4.ip_local_port_range.

  // Raises the soft limit of open files to the hard one first.
  static HostLimits raise_and_look();

  // The error is one line that says what to change.
  base::Status check(const LoadOptions& options) const;
};

// The socket table that each shard needs.
std::uint32_t descriptors_per_shard(const LoadOptions& options) noexcept;

}  // namespace loadgen
