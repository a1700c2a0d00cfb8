#include "app/config/host_memory.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace app {

namespace {

// Of the control group: version 2, then version 1. "max" and what is not there are no number.
constexpr const char* kGroupLimits[] = {"/sys/fs/cgroup/memory.max",
                                        "/sys/fs/cgroup/memory/memory.limit_in_bytes"};

}  // namespace

std::uint64_t host_memory_bytes() {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long page = sysconf(_SC_PAGESIZE);
  std::uint64_t bytes = pages > 0 && page > 0
                            ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page)
                            : 0;
  for (const char* path : kGroupLimits) {
    std::uint64_t limit = 0;
    if (std::ifstream(path) >> limit && limit > 0) bytes = std::min(bytes, limit);
  }
  return bytes;
}

}  // namespace app
