// Memory ledger: where the memory went that connections took: both processes and the kernel.
//
// Growth since before the first connect, as a stacked bar and as a table with bytes per connection.
// The kernel's share belongs to no process; it is the whole host's. Pure function.
#pragma once

#include <string>

#include "loadgen/report.h"

namespace loadgen {

std::string memory_ledger_html(const Report& report);

}  // namespace loadgen
