// parse_cpu_list(): sets of cpus as Linux writes them, such as "0-3,8" for {0, 1, 2, 3, 8}.
//
// In the order of the text, so that shards can be pinned to them in turn. Pure, any thread. Bound:
// engine::kCpusMost.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace app {

base::Result<std::vector<std::uint32_t>> parse_cpu_list(const std::string& text);

}  // namespace app
