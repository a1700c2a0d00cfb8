#include "loadgen/report_html/plot.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace loadgen {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string plain(double value) { return fmt::format("{}", value); }

Plot line_plot() {
  Plot plot;
  plot.id = "it";
  plot.title = "A <title>";
  plot.x_title = "s";
  plot.x = {0, 1, 2, 3};
  plot.lines = {{.name = "a & b", .values = {0, 10, std::nan(""), 10}}};
  plot.x_axis = Axis::exact(3, kPlotLeft, kPlotRight, 5);
  plot.y_axis = Axis::linear(10, kPlotBottom, kPlotTop, 5);
  plot.x_format = plot.x_label = plot.y_format = plot.value_format = plain;
  return plot;
}

TEST(Plot, DrawsALineThatBreaksWhereThereIsNoValue) {
  const std::string html = line_plot().html();
  EXPECT_THAT(html, HasSubstr("<path class=\"line c0\" d=\"M70.0 204.0L228.0 12.0M544.0 12.0\"/>"));
  EXPECT_THAT(html, HasSubstr("A &lt;title&gt;"));
  EXPECT_THAT(html, HasSubstr("a &amp; b"));
  EXPECT_THAT(html, Not(HasSubstr("nan")));
}

TEST(Plot, ShadesWhatWasNotMeasured) {
  Plot plot = line_plot();
  EXPECT_THAT(plot.html(), Not(HasSubstr("outside")));
  plot.emphasis = Span{.from = 1, .to = 3};
  EXPECT_THAT(plot.html(), HasSubstr("<path class=outside d=\"M70.0 12H228.0V204H70.0z\"/>"));
}

TEST(Plot, DrawsCellsDarkerWhereThereIsMore) {
  Plot plot = line_plot();
  plot.heat = HeatCells{.x_edges = {0, 1, 3}, .y_edges = {0, 5, 10}, .counts = {{1, 0}, {0, 999}}};
  const std::string html = plot.html();
  EXPECT_THAT(html, HasSubstr("<path class=h0 d=\"M70.0 204.0H228.1V108.0H70.0z\"/>"));
  EXPECT_THAT(html, HasSubstr("<path class=h7 d=\"M228.0 108.0H544.1V12.0H228.0z\"/>"));
  EXPECT_THAT(html, HasSubstr("999 messages"));
}

TEST(Plot, TellsTheScriptWhatIsUnderThePointer) {
  const nlohmann::ordered_json hover = line_plot().hover();
  EXPECT_EQ(hover["x"], nlohmann::ordered_json({70.0, 228.0, 386.0, 544.0}));
  EXPECT_EQ(hover["rows"][0]["text"], nlohmann::ordered_json({"0", "10", "–", "10"}));
}

}  // namespace
}  // namespace loadgen
