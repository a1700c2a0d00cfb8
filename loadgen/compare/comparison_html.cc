#include "loadgen/compare/comparison_html.h"

#include <fmt/core.h>
#include <millrace_version.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "loadgen/compare/comparison_text.h"
#include "loadgen/figure_text.h"
#include "loadgen/report_html/axis.h"
#include "loadgen/report_html/html_text.h"
#include "loadgen/report_html/page.h"

namespace loadgen {

namespace {

constexpr double kWidth = 1000;
constexpr double kLeft = 330;
constexpr double kRight = kWidth - 150;
constexpr double kTop = 12;
constexpr double kRow = 34;
constexpr double kFoot = 44;

struct DotRow {
  std::string label;
  std::size_t server = 0;
  RatioEstimate estimate;
};

std::vector<DotRow> dot_rows(const ServerComparison& comparison) {
  std::vector<DotRow> rows;
  for (const ComparedFigure figure : kAllComparedFigures) {
    for (std::size_t i = 1; i < comparison.servers.size(); ++i) {
      const auto estimate = comparison.ratio(i, figure);
      if (!estimate) continue;
      rows.push_back({.label = std::string(name(figure)) + ", " + comparison.servers[i].name,
                      .server = i,
                      .estimate = *estimate});
    }
  }
  return rows;
}

// Symmetric around 1 on a log scale, so that half and double are as far from it.
Axis ratio_axis(const std::vector<DotRow>& rows) {
  double widest = std::log(1.05);
  for (const DotRow& row : rows) {
    widest = std::max(widest, std::abs(std::log(row.estimate.ratio)));
    if (!row.estimate.interval) continue;
    widest = std::max({widest, std::abs(std::log(row.estimate.interval->low)),
                       std::abs(std::log(row.estimate.interval->high))});
  }
  widest = std::min(widest * 1.08, std::log(100.0));
  Axis axis{.low = std::exp(-widest),
            .high = std::exp(widest),
            .logarithmic = true,
            .from = kLeft,
            .to = kRight,
            .ticks = {}};
  // From fine to coarse: the first that fits.
  for (const double step : {1.02, 1.05, 1.1, 1.25, 1.5, 2.0, 5.0, 10.0}) {
    if (widest / std::log(step) > 4.5) continue;
    axis.ticks = {1.0};
    for (double tick = step; tick <= axis.high; tick *= step) {
      axis.ticks.push_back(tick);
      axis.ticks.push_back(1 / tick);
    }
    break;
  }
  return axis;
}

void add_dot(std::string& svg, const DotRow& row, const Axis& axis, double y) {
  const RatioEstimate& estimate = row.estimate;
  const std::string colour = fmt::format("c{}", (row.server - 1) % 4);
  svg += fmt::format("<text class=end x={} y={}>{}</text>", kLeft - 16, y + 5,
                     html_escaped(row.label));
  if (estimate.interval) {
    const double low = axis.place(estimate.interval->low);
    const double high = axis.place(estimate.interval->high);
    svg += fmt::format(
        "<path class=\"line whisker {0}\" d=\"M{1:.1f} {3}H{2:.1f}M{1:.1f} {4}v10M{2:.1f} "
        "{4}v10\"/>",
        colour, low, high, y, y - 5);
  }
  svg += fmt::format("<circle class=\"fill {}\" cx={:.1f} cy={} r=6 />", colour,
                     axis.place(estimate.ratio), y);
  svg += fmt::format("<text class={} x={} y={}>{:.3f}</text>",
                     estimate.shows_difference() ? "strong" : "soft", kRight + 24, y + 5,
                     estimate.ratio);
}

std::string picture(const ServerComparison& comparison) {
  const std::vector<DotRow> rows = dot_rows(comparison);
  if (rows.empty()) return "<p>No ratio: no round in which both servers have a figure.</p>";
  const Axis axis = ratio_axis(rows);
  const double bottom = kTop + kRow * static_cast<double>(rows.size());
  std::string svg = fmt::format("<svg viewBox=\"0 0 {} {}\" role=img aria-label=ratios id=ratios>",
                                kWidth, bottom + kFoot);
  for (const double tick : axis.ticks) {
    const double x = axis.place(tick);
    svg += fmt::format("<path class={} d=\"M{:.1f} {}V{}\"/>", tick == 1.0 ? "axis" : "grid", x,
                       kTop, bottom);
    svg += fmt::format("<text class=middle x={:.1f} y={}>{:.3g}</text>", x, bottom + 18, tick);
  }
  double y = kTop + kRow / 2;
  for (const DotRow& row : rows) {
    add_dot(svg, row, axis, y);
    y += kRow;
  }
  svg += fmt::format("<text class=end x={} y={}>ratio to {}; log scale</text></svg>", kRight,
                     bottom + 38, html_escaped(comparison.servers.front().name));
  return "<figure><figcaption>Ratios, with 95 % confidence intervals</figcaption><div class=wide>" +
         svg + "</div><p class=note>Left of the line at 1 is less than " +
         html_escaped(comparison.servers.front().name) +
         " has. Whiskers that cross the line show no difference. Method: " +
         html_escaped(kComparisonMethod) + ".</p></figure>\n";
}

// ---- Tables -------------------------------------------------------------------------------------

std::string ratio_cells(const std::optional<RatioEstimate>& estimate) {
  if (!estimate) return "<td class=number>–</td><td class=number>–</td><td>–</td>";
  const std::string interval =
      estimate->interval
          ? fmt::format("{:.3f} to {:.3f}", estimate->interval->low, estimate->interval->high)
          : "–";
  return fmt::format("<td class=number>{:.3f}</td><td class=number>{}</td><td class=\"{}\">{}</td>",
                     estimate->ratio, interval, estimate->shows_difference() ? "strong" : "soft",
                     verdict(*estimate));
}

std::string table(const ServerComparison& comparison) {
  std::string html =
      "<div class=\"card scroll\"><table id=figures><thead><tr><th>figure</th><th>server</th>"
      "<th class=number>median</th><th class=number>ratio</th><th class=number>95 % interval</th>"
      "<th>verdict</th></tr></thead><tbody>";
  for (const ComparedFigure figure : kAllComparedFigures) {
    for (std::size_t i = 0; i < comparison.servers.size(); ++i) {
      const auto median = comparison.median(i, figure);
      html += fmt::format("<tr><th>{}</th><td>{}</td><td class=number>{}</td>",
                          i == 0 ? name(figure) : "", html_escaped(comparison.servers[i].name),
                          median ? figure_text(figure, *median) : "–");
      html += i == 0 ? std::string("<td class=number>1</td><td></td><td class=soft>reference</td>")
                     : ratio_cells(comparison.ratio(i, figure));
      html += "</tr>";
    }
  }
  return html + "</tbody></table></div>\n";
}

std::string remarks(std::string_view kind, std::string_view lead,
                    const std::vector<std::string>& lines) {
  if (lines.empty()) return {};
  std::string html = fmt::format("<ul class=\"remarks {}\">", kind);
  for (const std::string& line : lines) {
    html += fmt::format("<li><b class={}>{}</b> {}</li>", kind, lead, html_escaped(line));
  }
  return html + "</ul>\n";
}

std::string code_row(std::string_view label, const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return fmt::format("<tr><th>{}</th><td><code>{}</code></td></tr>", html_escaped(label),
                     html_escaped(text));
}

std::string what_ran(const ServerComparison& comparison) {
  std::string rows = code_row("command", comparison.command);
  for (const ComparedServer& server : comparison.servers) {
    rows += code_row(server.name, {server.url, server.start});
  }
  rows +=
      fmt::format("<tr><th>generator</th><td>millrace-load {} ({}), {}, {}</td></tr>",
                  millrace::kVersion, millrace::kCommit, millrace::kCompiler, millrace::kBuildType);
  const Machine& machine = comparison.machine;
  rows += fmt::format("<tr><th>machine</th><td>{}, {} processors, {}; {}; {}</td></tr>",
                      html_escaped(machine.cpu_model), machine.cpus,
                      bytes_text(static_cast<double>(machine.memory_bytes)),
                      html_escaped(machine.kernel), machine.started_at);
  return "<h2>What ran</h2>\n<div class=\"card scroll\"><table id=what-ran><tbody>" + rows +
         "</tbody></table></div>\n";
}

}  // namespace

std::string comparison_html(const ServerComparison& comparison) {
  std::string title = "Comparison: " + comparison.scenario.front();
  for (std::size_t i = 0; i < comparison.servers.size(); ++i) {
    title += (i == 0 ? " at " : ", ") + comparison.servers[i].name;
  }
  const bool passed = comparison.passed();
  const std::string_view verdict = comparison.interrupted ? "INTERRUPTED"
                                   : passed               ? "EVERY RUN PASSED"
                                                          : "SOME RUNS FAILED";
  std::string body =
      fmt::format("<header><h1>{}</h1><span id=verdict class=\"badge {}\">{}</span></header>\n",
                  html_escaped(title),
                  comparison.interrupted ? "care"
                  : passed               ? "good"
                                         : "bad",
                  verdict);
  body +=
      fmt::format("<p class=sub>{} rounds, each server once in each, in alternating order.</p>\n",
                  comparison.rounds_wanted);
  body += remarks("bad", "Failed:", comparison.failures) +
          remarks("care", "Careful:", comparison.warnings);
  body += "<h2>Ratios</h2>\n" + picture(comparison) + "<h2>Figures</h2>\n" + table(comparison) +
          what_ran(comparison);
  return html_page(title, body, nlohmann::ordered_json::object());
}

}  // namespace loadgen
