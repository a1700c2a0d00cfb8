// Plot: one figure of a report as HTML: a caption, a legend and a picture in SVG.
//
// The picture is complete as it is; what hover() gives lets the page's script show the values under
// the pointer as well. Colours are classes of the page's style, so that they fit light and dark.
// Pure functions over plain values; all names are escaped here.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/report_html/axis.h"

namespace loadgen {

// The picture's own units; the page scales it to the width it has.
inline constexpr double kPlotWidth = 560;
inline constexpr double kPlotHeight = 250;
inline constexpr double kPlotLeft = 70;
inline constexpr double kPlotRight = kPlotWidth - 16;
inline constexpr double kPlotTop = 12;
inline constexpr double kPlotBottom = kPlotHeight - 46;

using FormatFigure = std::string (*)(double);

struct Span {
  double from = 0;
  double to = 0;
};

struct Line {
  std::string name;
  std::vector<double> values{};  // One per x; one that is not finite is a gap.
};

// A table of counts behind the lines, in the plot's own x and y.
struct HeatCells {
  std::vector<double> x_edges{};
  std::vector<double> y_edges{};
  std::vector<std::vector<std::uint64_t>> counts{};  // By x, then y.
};

struct Plot {
  std::string id;
  std::string title;    // With the unit of y, as in "throughput, messages/s".
  std::string note{};   // One sentence under the picture.
  std::string x_title;  // With its unit.
  std::vector<double> x{};
  std::vector<Line> lines{};
  Axis x_axis{};
  Axis y_axis{};
  FormatFigure x_format = nullptr;  // Of ticks.
  FormatFigure x_label = nullptr;   // Of what is under the pointer.
  FormatFigure y_format = nullptr;
  FormatFigure value_format = nullptr;
  std::optional<Span> emphasis{};  // All outside is shaded: it was not measured.
  std::optional<HeatCells> heat{};

  std::string html() const;
  // {"x": [place...], "label": [text...], "rows": [{"name", "class", "text": [...]}]}
  nlohmann::ordered_json hover() const;
};

}  // namespace loadgen
