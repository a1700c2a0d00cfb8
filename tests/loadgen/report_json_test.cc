#include "loadgen/report_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/loadgen/sample_report.h"

namespace loadgen {
namespace {

using nlohmann::ordered_json;
using testing::ElementsAre;

std::vector<std::string> keys(const ordered_json& object) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.push_back(key);
  return keys;
}

ordered_json json_of(const Report& report) { return ordered_json::parse(report_json(report)); }

// Programs read these: a field may be added here, none may leave or change its name.
TEST(ReportJson, HasTheDocumentedFields) {
  const ordered_json json = json_of(sample_report());
  EXPECT_THAT(
      keys(json),
      ElementsAre("schema", "program", "command", "machine", "scenario", "target", "loop",
                  "options", "interrupted", "times", "connections", "messages", "latency_ns",
                  "latency_buckets", "send_lag_ns", "bytes", "audit", "generator", "classes",
                  "counts", "errors", "forgiven", "client", "server", "expectations", "host_memory",
                  "series", "failures", "warnings", "passed"));
  EXPECT_THAT(keys(json["program"]),
              ElementsAre("name", "version", "commit", "compiler", "build_type"));
  EXPECT_THAT(keys(json["machine"]),
              ElementsAre("cpu_model", "cpus", "memory_bytes", "kernel", "started_at"));
  EXPECT_THAT(keys(json["options"]),
              ElementsAre("connections", "rooms", "members", "publishers", "rooms_each", "rate",
                          "arrivals", "in_flight", "size_least", "size_most", "processes", "shards",
                          "cpus", "tenants", "seed", "warm_up_seconds", "duration_seconds"));
  EXPECT_THAT(keys(json["times"]), ElementsAre("connecting_seconds", "warm_up_seconds",
                                               "measured_seconds", "drain_seconds"));
  EXPECT_THAT(keys(json["connections"]),
              ElementsAre("wanted", "opened", "failed", "open_at_stop", "disconnects",
                          "pings_answered", "latency_ns"));
  EXPECT_THAT(keys(json["messages"]), ElementsAre("sent", "received", "throughput_per_second"));
  EXPECT_THAT(keys(json["latency_ns"]),
              ElementsAre("count", "min", "mean", "p50", "p90", "p99", "p99_9", "p99_99", "max"));
  EXPECT_EQ(keys(json["send_lag_ns"]), keys(json["latency_ns"]));
  EXPECT_THAT(keys(json["bytes"]),
              ElementsAre("payload_sent", "payload_received", "socket_sent", "socket_received"));
  EXPECT_THAT(keys(json["audit"]), ElementsAre("checked", "lost", "duplicates", "disorder",
                                               "corrupt", "misdelivered", "misreported", "passed"));
  EXPECT_THAT(keys(json["generator"]), ElementsAre("stalls", "skipped", "unsent"));
  EXPECT_THAT(keys(json["server"]),
              ElementsAre("pid", "name", "user_seconds", "system_seconds", "cpus_busy",
                          "cpu_us_per_message", "user_us_per_message", "system_us_per_message",
                          "memory", "resident_bytes_per_connection"));
  EXPECT_EQ(keys(json["client"]), keys(json["server"]));
  EXPECT_THAT(keys(json["server"]["memory"]), ElementsAre("before", "connected", "after"));
  EXPECT_THAT(keys(json["server"]["memory"]["after"]),
              ElementsAre("resident", "resident_anonymous", "resident_peak", "proportional"));
}

TEST(ReportJson, HasTheFiguresOfTheReport) {
  Report report = sample_report();
  report.errors["http_503"] = 2;
  report.server->memory_before.resident = 1'000'000;
  report.server->memory_after.resident = 3'000'000;
  expect(report, "p99<10ms");
  judge(report);
  const ordered_json json = json_of(report);
  EXPECT_EQ(json["schema"], 1);
  EXPECT_EQ(json["scenario"], "room");
  EXPECT_EQ(json["loop"], "closed");
  EXPECT_EQ(json["command"], ordered_json({"millrace-load", "room"}));
  EXPECT_EQ(json["latency_ns"]["p99_99"], 9'900'000);
  EXPECT_EQ(json["messages"]["received"], 1'000'000);
  EXPECT_EQ(json["errors"], ordered_json({{"http_503", 2}}));
  EXPECT_DOUBLE_EQ(json["server"]["cpu_us_per_message"], 4.0);
  EXPECT_DOUBLE_EQ(json["server"]["user_us_per_message"], 1.0);
  EXPECT_DOUBLE_EQ(json["server"]["system_us_per_message"], 3.0);
  EXPECT_DOUBLE_EQ(json["server"]["resident_bytes_per_connection"], 2000);
  EXPECT_EQ(json["expectations"][0]["text"], "p99<10ms");
  EXPECT_EQ(json["expectations"][0]["value"], 9e6);
  EXPECT_EQ(json["expectations"][0]["met"], true);
  EXPECT_EQ(json["passed"], false);
  EXPECT_EQ(json["failures"].size(), 1);
}

TEST(ReportJson, SaysWhatARunDoesNotHave) {
  Report report = sample_report();
  report.options.scenario = ScenarioKind::idle;
  report.server.reset();
  expect(report, "cpu_per_message<1us");
  judge(report);
  const ordered_json json = json_of(report);
  EXPECT_TRUE(json["loop"].is_null());
  EXPECT_TRUE(json["server"].is_null());
  EXPECT_TRUE(json["expectations"][0]["value"].is_null());
  report.options.scenario = ScenarioKind::echo;
  report.options.rate = 5;
  EXPECT_EQ(json_of(report)["loop"], "open");
}

TEST(ReportJson, SurvivesTextThatIsNotUtf8) {
  Report report = sample_report();
  report.options.command.emplace_back("\xFF\xFE\"\n");
  EXPECT_EQ(json_of(report)["command"].size(), 3);
}

}  // namespace
}  // namespace loadgen
