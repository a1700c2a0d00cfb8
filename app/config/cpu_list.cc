#include "app/config/cpu_list.h"

#include <charconv>

#include "engine/shard/host_limits.h"

namespace app {

base::Result<std::vector<std::uint32_t>> parse_cpu_list(const std::string& text) {
  const base::Error malformed{text + ": write cpu numbers and ranges, such as 0-3,8"};
  std::vector<std::uint32_t> cpus;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    std::uint32_t first = 0;
    auto result = std::from_chars(at, end, first);
    if (result.ec != std::errc{}) return malformed;
    std::uint32_t last = first;
    if (result.ptr != end && *result.ptr == '-') {
      result = std::from_chars(result.ptr + 1, end, last);
      if (result.ec != std::errc{} || last < first) return malformed;
    }
    if (last >= engine::kCpusMost) return malformed;
    for (std::uint32_t cpu = first; cpu <= last; ++cpu) cpus.push_back(cpu);
    if (result.ptr == end) return cpus;
    if (*result.ptr != ',') return malformed;
    at = result.ptr + 1;
  }
}

}  // namespace app
