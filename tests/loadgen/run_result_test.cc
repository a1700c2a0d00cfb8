#include "loadgen/run_result.h"

#include <gtest/gtest.h>

#include <utility>

#include "tests/loadgen/sample_report.h"

namespace loadgen {
namespace {

using namespace std::chrono_literals;

RunResult sample_result(std::uint64_t latency) {
  RunResult result;
  result.report = sample_report();
  result.report.classes.clear();
  result.report.errors["http_503"] = 2;
  result.report.failures = {"it broke"};
  result.report.client.cpu.total = 1s;
  result.report.client.memory_after.resident = 100;
  result.report.series.traffic.resize(3);
  result.report.series.traffic[2].sent = 7;
  for (int i = 0; i < 10; ++i) result.histograms->latency.record(latency);
  result.histograms->send_lag.record(5);
  auto chat = std::make_unique<ClassStatistics>();
  chat->name = "chat";
  chat->received = 4;
  chat->latency.record(latency, 4);
  chat->audit.lost = 1;
  result.classes.push_back(std::move(chat));
  return result;
}

TEST(RunResult, IsTheSameWhenItIsUnpacked) {
  const RunResult result = sample_result(1000);
  const auto unpacked = unpack(pack(result));
  ASSERT_TRUE(unpacked.has_value());
  EXPECT_EQ(unpacked->report.measured.received, result.report.measured.received);
  EXPECT_EQ(unpacked->report.errors, result.report.errors);
  EXPECT_EQ(unpacked->report.failures, result.report.failures);
  EXPECT_EQ(unpacked->report.tallies, result.report.tallies);
  EXPECT_EQ(unpacked->report.audit.checked, result.report.audit.checked);
  ASSERT_TRUE(unpacked->report.server.has_value());
  EXPECT_EQ(unpacked->report.server->name, "server");
  EXPECT_EQ(unpacked->report.server->cpu.total, 4s);
  ASSERT_EQ(unpacked->report.series.traffic.size(), 3);
  EXPECT_EQ(unpacked->report.series.traffic[2].sent, 7);
  EXPECT_EQ(unpacked->histograms->latency.count(), 10);
  EXPECT_EQ(unpacked->histograms->latency.percentile(50), 1000);
  ASSERT_EQ(unpacked->classes.size(), 1);
  EXPECT_EQ(unpacked->classes[0]->name, "chat");
  EXPECT_EQ(unpacked->classes[0]->audit.lost, 1);
}

TEST(RunResult, WhatIsCutOrExtendedIsNone) {
  const std::string packed = pack(sample_result(1000));
  for (std::size_t size = 0; size < packed.size(); size += 97) {
    EXPECT_FALSE(unpack(std::string_view(packed).substr(0, size)).has_value()) << size;
  }
  EXPECT_FALSE(unpack(packed + "x").has_value());
}

TEST(RunResult, ResultsAddUpAndHistogramsAreMergedExactly) {
  std::vector<RunResult> parts;
  parts.push_back(sample_result(100));
  parts.push_back(sample_result(200));
  const std::uint64_t received = parts[0].report.measured.received;
  const Report report = finish_report(merge_results(std::move(parts)));
  EXPECT_EQ(report.measured.received, 2 * received);
  EXPECT_DOUBLE_EQ(report.throughput, 2 * static_cast<double>(received) / 10);
  EXPECT_EQ(report.latency.count, 20);
  EXPECT_EQ(report.latency.min, 100);
  EXPECT_EQ(report.latency.p50, 100);
  EXPECT_EQ(report.latency.p90, 200);
  EXPECT_EQ(report.errors.at("http_503"), 4);
  EXPECT_EQ(report.failures.size(), 1);  // The same one.
  EXPECT_EQ(report.tally(Tally::retries), 18);
  EXPECT_EQ(report.client.cpu.total, 2s);
  EXPECT_EQ(report.client.memory_after.resident, 200);
  EXPECT_EQ(report.server->cpu.total, 4s);  // Only the first looked at it.
  ASSERT_EQ(report.classes.size(), 1);
  EXPECT_EQ(report.classes[0].received, 8);
  EXPECT_EQ(report.classes[0].latency.max, 200);
  EXPECT_EQ(report.classes[0].audit.lost, 2);
}

}  // namespace
}  // namespace loadgen
