// Report HTML: a report as one file that a browser shows without any other: verdict, plots, tables.
//
// Pure function. All figures are in tables or pictures that need no script; no text that came from
// outside becomes markup.
#pragma once

#include <string>

#include "loadgen/report.h"

namespace loadgen {

std::string report_html(const Report& report);

}  // namespace loadgen
