#include "loadgen/report_html/plot.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "loadgen/report_html/html_text.h"

namespace loadgen {

namespace {

constexpr std::size_t kHeatShades = 8;
constexpr double kTickGap = 6;  // Between an axis and its figures.
constexpr double kTextDrop = 5;
constexpr double kXTickDrop = 18;
constexpr std::size_t kXTicksMost = 7;
constexpr double kLastTickRoom = 12;  // Less than this to the right: a figure ends there.

// ---- Axes ---------------------------------------------------------------------------------------

// Where there is little room, every second figure is left out: always, or on a narrow screen.
void add_x_ticks(std::string& svg, const Plot& plot) {
  const std::vector<double>& ticks = plot.x_axis.ticks;
  for (std::size_t i = 0; i < ticks.size(); ++i) {
    const double x = plot.x_axis.place(ticks[i]);
    svg += fmt::format("<path class=tick d=\"M{:.1f} {}v5\"/>", x, kPlotBottom);
    const bool is_odd = i % 2 == 1;
    if (is_odd && ticks.size() > kXTicksMost) continue;
    const bool is_last = x > kPlotRight - kLastTickRoom;
    svg += fmt::format("<text class=\"{}{}\" x={:.1f} y={}>{}</text>", is_last ? "end" : "middle",
                       is_odd ? " sparse" : "", is_last ? kPlotRight + kTickGap : x,
                       kPlotBottom + kXTickDrop, html_escaped(plot.x_format(ticks[i])));
  }
}

void add_axes(std::string& svg, const Plot& plot) {
  for (const double tick : plot.y_axis.ticks) {
    const double y = plot.y_axis.place(tick);
    svg += fmt::format("<path class=grid d=\"M{} {:.1f}H{}\"/>", kPlotLeft, y, kPlotRight);
    svg += fmt::format("<text class=end x={} y={:.1f}>{}</text>", kPlotLeft - kTickGap,
                       y + kTextDrop, html_escaped(plot.y_format(tick)));
  }
  add_x_ticks(svg, plot);
  svg += fmt::format("<path class=axis d=\"M{} {}H{}\"/>", kPlotLeft, kPlotBottom, kPlotRight);
  svg += fmt::format("<text class=\"end title\" x={} y={}>{}</text>", kPlotRight, kPlotHeight - 6,
                     html_escaped(plot.x_title));
}

void add_shade(std::string& svg, const Plot& plot) {
  if (!plot.emphasis) return;
  const auto shade = [&svg](double from, double to) {
    if (to - from < 1) return;
    svg += fmt::format("<path class=outside d=\"M{:.1f} {}H{:.1f}V{}H{:.1f}z\"/>", from, kPlotTop,
                       to, kPlotBottom, from);
  };
  shade(kPlotLeft, plot.x_axis.place(plot.emphasis->from));
  shade(plot.x_axis.place(plot.emphasis->to), kPlotRight);
}

// ---- Heat ---------------------------------------------------------------------------------------

std::uint64_t most_of(const HeatCells& heat) {
  std::uint64_t most = 0;
  for (const auto& column : heat.counts) {
    for (const std::uint64_t count : column) most = std::max(most, count);
  }
  return most;
}

// One path for each shade, so that thousands of cells stay a small text. Shades follow the
// logarithm of the count: a single slow message shall be seen beside a million fast ones.
void add_heat(std::string& svg, const Plot& plot) {
  if (!plot.heat) return;
  const HeatCells& heat = *plot.heat;
  const double most = std::log(static_cast<double>(most_of(heat)) + 1);
  std::array<std::string, kHeatShades> paths;
  for (std::size_t column = 0; column < heat.counts.size(); ++column) {
    const double left = plot.x_axis.place(heat.x_edges[column]);
    const double right = plot.x_axis.place(heat.x_edges[column + 1]);
    for (std::size_t row = 0; row < heat.counts[column].size(); ++row) {
      const std::uint64_t count = heat.counts[column][row];
      if (count == 0) continue;
      const double part = std::log(static_cast<double>(count) + 1) / most;
      const auto shade = std::min(kHeatShades - 1, static_cast<std::size_t>(part * kHeatShades));
      const double bottom = plot.y_axis.place(heat.y_edges[row]);
      const double top = plot.y_axis.place(heat.y_edges[row + 1]);
      paths[shade] +=
          fmt::format("M{:.1f} {:.1f}H{:.1f}V{:.1f}H{:.1f}z", left, bottom, right + 0.1, top, left);
    }
  }
  for (std::size_t shade = 0; shade < kHeatShades; ++shade) {
    if (paths[shade].empty()) continue;
    svg += fmt::format("<path class=h{} d=\"{}\"/>", shade, paths[shade]);
  }
}

std::string heat_legend(const HeatCells& heat) {
  std::string html = "<li>1 ";
  for (std::size_t shade = 0; shade < kHeatShades; ++shade) {
    html += fmt::format("<i class=\"box h{}\"></i>", shade);
  }
  return html + fmt::format(" {} messages in a cell</li>", most_of(heat));
}

// ---- Lines --------------------------------------------------------------------------------------

std::string line_class(const Plot& plot, std::size_t line) {
  return fmt::format("{}{}", plot.heat ? 'o' : 'c', line);
}

void add_lines(std::string& svg, const Plot& plot) {
  for (std::size_t i = 0; i < plot.lines.size(); ++i) {
    std::string path;
    bool joined = false;
    for (std::size_t at = 0; at < plot.x.size(); ++at) {
      const double value = plot.lines[i].values[at];
      if (!std::isfinite(value)) {
        joined = false;
        continue;
      }
      path += fmt::format("{}{:.1f} {:.1f}", joined ? 'L' : 'M', plot.x_axis.place(plot.x[at]),
                          plot.y_axis.place(value));
      joined = true;
    }
    svg += fmt::format("<path class=\"line {}\" d=\"{}\"/>", line_class(plot, i), path);
  }
}

std::string legend(const Plot& plot) {
  std::string html = "<ul class=legend>";
  for (std::size_t i = 0; i < plot.lines.size(); ++i) {
    html += fmt::format("<li><i class=\"key {}\"></i>{}</li>", line_class(plot, i),
                        html_escaped(plot.lines[i].name));
  }
  if (plot.heat) html += heat_legend(*plot.heat);
  if (plot.emphasis) html += "<li><i class=\"box outside\"></i>not measured</li>";
  return html + "</ul>";
}

}  // namespace

std::string Plot::html() const {
  std::string svg =
      fmt::format("<svg viewBox=\"0 0 {} {}\" role=img aria-label=\"{}\" data-plot=\"{}\">",
                  kPlotWidth, kPlotHeight, html_escaped(title), html_escaped(id));
  add_shade(svg, *this);
  if (!heat) add_axes(svg, *this);
  add_heat(svg, *this);
  if (heat) add_axes(svg, *this);
  add_lines(svg, *this);
  svg += fmt::format("<path class=cursor d=\"M0 {}V{}\"/></svg>", kPlotTop, kPlotBottom);
  std::string html = fmt::format("<figure id=\"{}\"><figcaption>{}</figcaption>", html_escaped(id),
                                 html_escaped(title));
  html += legend(*this) + "<div class=picture>" + svg + "</div>";
  if (!note.empty()) html += fmt::format("<p class=note>{}</p>", html_escaped(note));
  return html + "</figure>\n";
}

nlohmann::ordered_json Plot::hover() const {
  using Json = nlohmann::ordered_json;
  Json places = Json::array();
  Json labels = Json::array();
  for (const double value : x) {
    places.push_back(std::round(x_axis.place(value) * 10) / 10);
    labels.push_back(x_label(value));
  }
  Json rows = Json::array();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    Json texts = Json::array();
    for (const double value : lines[i].values) {
      texts.push_back(std::isfinite(value) ? value_format(value) : "–");
    }
    rows.push_back({{"name", lines[i].name}, {"class", line_class(*this, i)}, {"text", texts}});
  }
  return {{"x", places}, {"label", labels}, {"rows", rows}};
}

}  // namespace loadgen
