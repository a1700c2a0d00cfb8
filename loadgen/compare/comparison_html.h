// Comparison HTML: a comparison as one page: each ratio as a dot with its interval as whiskers.
//
// Pure function; the frame is that of report_html/page.h.
#pragma once

#include <string>

#include "loadgen/compare/comparison.h"

namespace loadgen {

std::string comparison_html(const ServerComparison& comparison);

}  // namespace loadgen
