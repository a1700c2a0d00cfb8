#include "loadgen/series/series_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "loadgen/indented_json.h"

namespace loadgen {
namespace {

using namespace std::chrono_literals;
using nlohmann::ordered_json;

RunSeries three_samples() {
  RunSeries series{.measured_from = 100ms, .measured_to = 200ms};
  series.traffic.resize(3);
  for (std::size_t i = 0; i < 3; ++i) {
    TrafficSample& sample = series.traffic[i];
    sample.at = static_cast<int>(i) * 100ms;
    sample.open = 10 * i;
    sample.received = 1000 * i;
    sample.latency[latency_range_of(2048)] = i;
    sample.latency[latency_range_of(4096)] = 5 * i * i;
  }
  series.resources.push_back({.at = 50ms, .server_cpu = 1500ms, .host = {.slab = 4096}});
  return series;
}

// As text and back: every figure stands where the header says.
TEST(SeriesJson, KeepsEveryFigure) {
  const ordered_json json = ordered_json::parse(indented_json(series_json(three_samples())));
  EXPECT_EQ(json["version"], 1);
  EXPECT_EQ(json["measured_from_seconds"], 0.1);
  EXPECT_EQ(json["traffic"]["seconds"], ordered_json({0.0, 0.1, 0.2}));
  EXPECT_EQ(json["traffic"]["open"], ordered_json({0, 10, 20}));
  EXPECT_EQ(json["traffic"]["received"], ordered_json({0, 1000, 2000}));
  EXPECT_EQ(json["resources"]["seconds"], ordered_json::array({0.05}));
  EXPECT_EQ(json["resources"]["server_cpu_seconds"], ordered_json::array({1.5}));
  EXPECT_EQ(json["resources"]["host_slab"], ordered_json::array({4096}));
  for (const auto& [name, column] : json["traffic"].items()) EXPECT_EQ(column.size(), 3) << name;
}

TEST(SeriesJson, HasTheLatenciesOfEachInterval) {
  const ordered_json latency = series_json(three_samples())["latency"];
  EXPECT_EQ(latency["range_begin_ns"], ordered_json({2048, 2560, 3072, 3584, 4096, 5120}));
  EXPECT_EQ(latency["counts"], ordered_json::parse("[[1,0,0,0,5],[1,0,0,0,15]]"));
}

TEST(SeriesJson, HasListsWithoutSamplesToo) {
  const ordered_json json = series_json({});
  EXPECT_TRUE(json["traffic"]["seconds"].empty());
  EXPECT_TRUE(json["latency"]["counts"].empty());
}

TEST(IndentedJson, PutsPlainListsOnOneLine) {
  const ordered_json json = {{"list", {1, 2}},
                             {"none", ordered_json::array()},
                             {"lists", {{1, 2}, {3, 4}}},
                             {"text", "\xFF\""}};
  EXPECT_EQ(indented_json(json),
            "{\n  \"list\": [1,2],\n  \"none\": [],\n  \"lists\": [\n    [1,2],\n    [3,4]\n  ],\n"
            "  \"text\": \"\xEF\xBF\xBD\\\"\"\n}");
}

}  // namespace
}  // namespace loadgen
