// Report sections: the parts of a report's page that are not plots: verdict, tables, what ran.
//
// Each is one function from the report to a piece of HTML. Pure functions; text is escaped here.
#pragma once

#include <string>

#include "loadgen/report.h"

namespace loadgen {

std::string heading_html(const Report& report);
std::string tiles_html(const Report& report);
std::string remarks_html(const Report& report);  // Failures and warnings; may be empty.
std::string expectations_html(const Report& report);
std::string figures_html(const Report& report);  // Latencies, audit, connections, errors.
std::string what_ran_html(const Report& report);

}  // namespace loadgen
