// Host limits: whether this host lets a run have its connections, found out before any is opened.
//
// What counts are the local ports, of which each destination address and port has its own set; the
// open-file limit only says in how many rings a shard has its sockets. Called on the main thread.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "loadgen/load_options.h"

namespace loadgen {

struct HostLimits {
  std::uint64_t local_ports = 0;  // Of net.ipv4.ip_local_port_range.

  static HostLimits look();

  // The error is one line that says what to change.
  base::Status check(const LoadOptions& options) const;
};

// The sockets that each shard needs to hold.
std::uint32_t descriptors_per_shard(const LoadOptions& options) noexcept;

}  // namespace loadgen
