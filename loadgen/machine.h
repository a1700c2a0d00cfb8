// Machine: what a run ran on, for its report: a figure without it says little.
//
// Read once from the kernel, on the main thread. What cannot be read is empty or zero.
#pragma once

#include <cstdint>
#include <string>

namespace loadgen {

struct Machine {
  std::string cpu_model;
  std::uint32_t cpus = 0;
  std::uint64_t memory_bytes = 0;
  std::string kernel;
  std::string started_at;  // UTC, ISO 8601.

  static Machine look();
};

}  // namespace loadgen
