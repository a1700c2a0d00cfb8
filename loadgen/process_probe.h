// ProcessProbe: how much processor time and memory a process has used, as /proc tells it.
//
// Times are summed over the threads that run now, in nanoseconds (schedstat), and split into user
// and system as the coarser ticks of stat are split. A figure that the kernel does not give is
// zero. Called on the main thread only, a few times in a run.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace loadgen {

// Processor time since a process started, or the difference of two such times.
struct CpuTime {
  base::Duration total{};
  std::uint64_t user_ticks = 0;
  std::uint64_t system_ticks = 0;

  base::Duration user() const noexcept;
  base::Duration system() const noexcept { return total - user(); }

  friend CpuTime operator-(const CpuTime& a, const CpuTime& b) noexcept {
    return {.total = a.total - b.total,
            .user_ticks = a.user_ticks - b.user_ticks,
            .system_ticks = a.system_ticks - b.system_ticks};
  }
};

struct MemoryUse {
  std::uint64_t resident = 0;  // Bytes.
  std::uint64_t resident_anonymous = 0;
  std::uint64_t resident_peak = 0;
  std::uint64_t proportional = 0;  // Shared pages divided among their users.
};

class ProcessProbe {
 public:
  // Looks once, so that a wrong pid is told at the start.
  static base::Result<ProcessProbe> open(pid_t pid);
  static ProcessProbe self();

  CpuTime cpu() const;
  MemoryUse memory() const;
  // memory().resident, for less; to the last few pages only.
  std::uint64_t resident() const;
  pid_t pid() const noexcept { return pid_; }
  // The program's name.
  std::string name() const;

 private:
  explicit ProcessProbe(pid_t pid);

  pid_t pid_;
  std::string folder_;  // In /proc, with a slash at its end.
};

}  // namespace loadgen
