// Report table: a report as a person reads it: short, aligned, what matters first.
//
// Pure function. The JSON (report_json.h) has everything.
#pragma once

#include <string>

#include "loadgen/report.h"

namespace loadgen {

std::string report_table(const Report& report);

}  // namespace loadgen
