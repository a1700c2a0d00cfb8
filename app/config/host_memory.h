// Host memory: what this process may have: the host's memory, or its control group's limit if that
// is less. Read once, before any thread starts, for the default of --memory-budget.
#pragma once

#include <cstdint>

namespace app {

// Bytes; 0 when the host does not say.
std::uint64_t host_memory_bytes();

}  // namespace app
