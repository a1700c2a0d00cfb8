// HostProbe: what the whole host uses for connections, as /proc and the cgroup tell it.
//
// Kernel objects and socket buffers belong to no process, so what connections cost the kernel shows
// only here, and on a host that runs both sides it is that of both. A figure that the kernel does
// not give is zero. Main thread only.
#pragma once

#include <sys/types.h>

#include <string>

#include "loadgen/series/run_series.h"

namespace loadgen {

class HostProbe {
 public:
  // The cgroup is that of the process.
  explicit HostProbe(pid_t pid);

  // All but slab_sockets, which takes the kernel about a millisecond to tell.
  HostMemory look() const;
  HostMemory look_closely() const;

 private:
  std::string cgroup_file_;
};

// The bytes of the caches in a /proc/slabinfo that connections are made of: sockets, their inodes
// and files, what is queued on them.
std::uint64_t socket_slab_bytes(const std::string& slabinfo);

}  // namespace loadgen
