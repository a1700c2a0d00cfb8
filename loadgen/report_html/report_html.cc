#include "loadgen/report_html/report_html.h"

#include <nlohmann/json.hpp>

#include "loadgen/report_html/memory_ledger.h"
#include "loadgen/report_html/page.h"
#include "loadgen/report_html/report_plots.h"
#include "loadgen/report_html/report_sections.h"

namespace loadgen {

std::string report_html(const Report& report) {
  std::string body =
      heading_html(report) + tiles_html(report) + remarks_html(report) + expectations_html(report);
  nlohmann::ordered_json hover = nlohmann::ordered_json::object();
  body += "<h2>Over time</h2>\n<div class=plots>\n";
  for (const Plot& plot : report_plots(report)) {
    body += plot.html();
    hover[plot.id] = plot.hover();
  }
  body += "</div>\n";
  body += memory_ledger_html(report) + figures_html(report) + what_ran_html(report);
  const std::string title = std::string(name(report.options.scenario)) + " at " +
                            report.options.target.url + " - millrace-load";
  return html_page(title, body, hover);
}

}  // namespace loadgen
