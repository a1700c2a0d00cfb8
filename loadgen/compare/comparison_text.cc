#include "loadgen/compare/comparison_text.h"

#include <fmt/core.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "loadgen/indented_json.h"
#include "loadgen/report_json.h"

namespace loadgen {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kSchema = 1;

Json optional_json(const std::optional<double>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json ratio_json(const std::optional<RatioEstimate>& estimate) {
  if (!estimate) return nullptr;
  const auto& interval = estimate->interval;
  return {{"ratio", estimate->ratio},
          {"low", interval ? Json(interval->low) : Json(nullptr)},
          {"high", interval ? Json(interval->high) : Json(nullptr)},
          {"pairs", estimate->pairs},
          {"verdict", verdict(*estimate)}};
}

Json figure_json(const ServerComparison& comparison, ComparedFigure figure) {
  Json servers = Json::array();
  for (std::size_t i = 0; i < comparison.servers.size(); ++i) {
    Json rounds = Json::array();
    for (const ComparedFigures& round : comparison.servers[i].rounds) {
      rounds.push_back(optional_json(round[static_cast<std::size_t>(figure)]));
    }
    servers.push_back(
        {{"name", comparison.servers[i].name},
         {"rounds", rounds},
         {"median", optional_json(comparison.median(i, figure))},
         {"ratio", i == 0 ? Json(nullptr) : ratio_json(comparison.ratio(i, figure))}});
  }
  return {{"figure", name(figure)}, {"servers", servers}};
}

void add_row(std::string& table, const ServerComparison& comparison, ComparedFigure figure,
             std::size_t server, int width) {
  const std::string_view label = server == 0 ? name(figure) : "";
  const auto median = comparison.median(server, figure);
  std::string row = fmt::format("  {:<28}  {:<{}}  {:>12}", label, comparison.servers[server].name,
                                width, median ? figure_text(figure, *median) : "-");
  const auto estimate = server == 0 ? std::nullopt : comparison.ratio(server, figure);
  if (estimate) {
    row += fmt::format("  {:>8.3f}  ", estimate->ratio);
    row += estimate->interval
               ? fmt::format("{:.3f} to {:.3f}", estimate->interval->low, estimate->interval->high)
               : std::string("-");
    row += fmt::format("  {}", verdict(*estimate));
  }
  table += row + "\n";
}

}  // namespace

std::string comparison_table(const ServerComparison& comparison) {
  std::string scenario;
  for (const std::string& word : comparison.scenario) scenario += " " + word;
  std::string table =
      fmt::format("compare{}\n  {} rounds{}; ratios are to {}: {}\n\n", scenario,
                  comparison.rounds_wanted, comparison.interrupted ? ", interrupted" : "",
                  comparison.servers.front().name, kComparisonMethod);
  int width = 6;
  for (const ComparedServer& server : comparison.servers) {
    width = std::max(width, static_cast<int>(server.name.size()));
  }
  table += fmt::format("  {:<28}  {:<{}}  {:>12}  {:>8}  95% interval\n", "", "server", width,
                       "median", "ratio");
  for (const ComparedFigure figure : kAllComparedFigures) {
    for (std::size_t i = 0; i < comparison.servers.size(); ++i) {
      add_row(table, comparison, figure, i, width);
    }
  }
  for (const std::string& warning : comparison.warnings) table += "  warning: " + warning + "\n";
  for (const std::string& failure : comparison.failures) table += "  FAILED: " + failure + "\n";
  return table;
}

std::string comparison_json(const ServerComparison& comparison) {
  Json json;
  json["schema"] = kSchema;
  json["kind"] = "comparison";
  json["program"] = program_json();
  json["command"] = comparison.command;
  json["machine"] = machine_json(comparison.machine);
  json["scenario"] = comparison.scenario;
  json["rounds"] = {{"wanted", comparison.rounds_wanted}, {"method", kComparisonMethod}};
  json["interrupted"] = comparison.interrupted;
  json["servers"] = Json::array();
  for (const ComparedServer& server : comparison.servers) {
    json["servers"].push_back(
        {{"name", server.name},
         {"url", server.url},
         {"start", server.start.empty() ? Json(nullptr) : Json(server.start)}});
  }
  json["figures"] = Json::array();
  for (const ComparedFigure figure : kAllComparedFigures) {
    json["figures"].push_back(figure_json(comparison, figure));
  }
  json["failures"] = comparison.failures;
  json["warnings"] = comparison.warnings;
  json["passed"] = comparison.passed();
  return indented_json(json) + "\n";
}

}  // namespace loadgen
