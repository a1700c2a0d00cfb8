#include "loadgen/report_json.h"

#include <millrace_version.h>

#include <nlohmann/json.hpp>

#include "loadgen/indented_json.h"
#include "loadgen/series/series_json.h"

namespace loadgen {

namespace {

// Keeps the fields in the order in which they are written here.
using Json = nlohmann::ordered_json;

Json summary(const LatencySummary& latency) { return latency_json(latency); }

constexpr int kSchema = 1;
constexpr double kMicrosecond = 1e3;

Json buckets(const std::vector<LatencyBucket>& buckets) {
  Json list = Json::array();
  for (const LatencyBucket& bucket : buckets) list.push_back({bucket.upper_end, bucket.count});
  return list;
}

Json options(const LoadOptions& options) {
  return {{"connections", options.connections},
          {"rooms", options.rooms},
          {"members", options.members},
          {"publishers", options.publishers},
          {"rooms_each", options.rooms_each},
          {"rate", options.rate},
          {"arrivals", options.arrivals == Arrivals::poisson ? "poisson" : "constant"},
          {"in_flight", options.in_flight},
          {"size_least", options.size.least},
          {"size_most", options.size.most},
          {"processes", options.processes},
          {"shards", options.shards},
          {"cpus", options.cpus},
          {"tenants", options.native.tenants},
          {"seed", options.seed},
          {"warm_up_seconds", base::to_seconds(options.warm_up)},
          {"duration_seconds", base::to_seconds(options.duration)}};
}

Json times(const RunTimes& times) {
  return {{"connecting_seconds", base::to_seconds(times.connecting)},
          {"warm_up_seconds", base::to_seconds(times.warming_up)},
          {"measured_seconds", base::to_seconds(times.measured)},
          {"drain_seconds", base::to_seconds(times.draining)}};
}

Json connections(const Report& report) {
  return {{"wanted", report.options.connections},
          {"opened", report.connections_opened},
          {"failed", report.connections_failed},
          {"open_at_stop", report.connections_open_at_stop},
          {"disconnects", report.disconnects},
          {"pings_answered", report.pings_answered},
          {"latency_ns", summary(report.connect_latency)}};
}

Json audit(const AuditCounts& audit) {
  return {{"checked", audit.checked},         {"lost", audit.lost},
          {"duplicates", audit.duplicates},   {"disorder", audit.disorder},
          {"corrupt", audit.corrupt},         {"misdelivered", audit.misdelivered},
          {"misreported", audit.misreported}, {"passed", audit.faults() == 0}};
}

Json memory(const MemoryUse& memory) {
  return {{"resident", memory.resident},
          {"resident_anonymous", memory.resident_anonymous},
          {"resident_peak", memory.resident_peak},
          {"proportional", memory.proportional}};
}

Json host_memory(const HostMemory& memory) {
  return {{"available", memory.available},
          {"slab", memory.slab},
          {"slab_sockets", memory.slab_sockets},
          {"tcp_buffers", memory.tcp_buffers},
          {"cgroup", memory.cgroup}};
}

Json process(const ProcessReport& process, const Report& report) {
  const auto messages = static_cast<double>(report.measured.received);
  const auto per_message = [messages](base::Duration time) {
    return messages > 0 ? static_cast<double>(time.count()) / messages / kMicrosecond : 0.0;
  };
  const auto open = static_cast<double>(report.connections_open_at_stop);
  const double grown = static_cast<double>(process.memory_after.resident) -
                       static_cast<double>(process.memory_before.resident);
  return {{"pid", process.pid},
          {"name", process.name},
          {"user_seconds", base::to_seconds(process.cpu.user())},
          {"system_seconds", base::to_seconds(process.cpu.system())},
          {"cpus_busy", process.cpus_busy},
          {"cpu_us_per_message", per_message(process.cpu.total)},
          {"user_us_per_message", per_message(process.cpu.user())},
          {"system_us_per_message", per_message(process.cpu.system())},
          {"memory",
           {{"before", memory(process.memory_before)},
            {"connected", memory(process.memory_connected)},
            {"after", memory(process.memory_after)}}},
          {"resident_bytes_per_connection", open > 0 ? grown / open : 0.0}};
}

Json expectations(const Report& report) {
  Json list = Json::array();
  for (const ExpectationResult& result : report.expectations) {
    list.push_back({{"text", result.expectation.text},
                    {"metric", name(result.expectation.metric)},
                    {"value", result.value ? Json(*result.value) : Json(nullptr)},
                    {"met", result.met}});
  }
  return list;
}

Json loop(const LoadOptions& options) {
  if (options.scenario == ScenarioKind::idle) return nullptr;
  return options.open_loop() ? "open" : "closed";
}

Json kinds(const std::map<std::string, std::uint64_t>& counts) {
  Json object = Json::object();
  for (const auto& [kind, count] : counts) object[kind] = count;
  return object;
}

Json classes(const Report& report) {
  Json object = Json::object();
  for (const ClassReport& one : report.classes) {
    object[one.name] = {{"sent", one.sent},
                        {"received", one.received},
                        {"throughput_per_second", one.throughput},
                        {"latency_ns", summary(one.latency)},
                        {"audit", audit(one.audit)}};
  }
  return object;
}

Json counts(const Report& report) {
  Json object = Json::object();
  for (std::uint8_t i = 0; i < kTallyCount; ++i) {
    object[std::string(kTallyNames[i])] = report.tallies[i];
  }
  return object;
}

}  // namespace

nlohmann::ordered_json latency_json(const LatencySummary& latency) {
  return {{"count", latency.count}, {"min", latency.min},       {"mean", latency.mean},
          {"p50", latency.p50},     {"p90", latency.p90},       {"p99", latency.p99},
          {"p99_9", latency.p99_9}, {"p99_99", latency.p99_99}, {"max", latency.max}};
}

Json program_json() {
  return {{"name", "millrace-load"},
          {"version", millrace::kVersion},
          {"commit", millrace::kCommit},
          {"compiler", millrace::kCompiler},
          {"build_type", millrace::kBuildType}};
}

Json machine_json(const Machine& machine) {
  return {{"cpu_model", machine.cpu_model},
          {"cpus", machine.cpus},
          {"memory_bytes", machine.memory_bytes},
          {"kernel", machine.kernel},
          {"started_at", machine.started_at}};
}

std::string report_json(const Report& report) {
  Json json;
  json["schema"] = kSchema;
  json["program"] = program_json();
  json["command"] = report.options.command;
  json["machine"] = machine_json(report.machine);
  json["scenario"] = name(report.options.scenario);
  json["target"] = report.options.target.url;
  json["loop"] = loop(report.options);
  json["options"] = options(report.options);
  json["interrupted"] = report.interrupted;
  json["times"] = times(report.times);
  json["connections"] = connections(report);
  json["messages"] = {{"sent", report.measured.sent},
                      {"received", report.measured.received},
                      {"throughput_per_second", report.throughput}};
  json["latency_ns"] = summary(report.latency);
  json["latency_buckets"] = buckets(report.latency_buckets);
  json["send_lag_ns"] = summary(report.send_lag);
  json["bytes"] = {{"payload_sent", report.measured.payload_bytes_sent},
                   {"payload_received", report.measured.payload_bytes_received},
                   {"socket_sent", report.measured.socket_bytes_sent},
                   {"socket_received", report.measured.socket_bytes_received}};
  json["audit"] = audit(report.audit);
  json["generator"] = {
      {"stalls", report.stalls}, {"skipped", report.skipped}, {"unsent", report.unsent}};
  json["classes"] = classes(report);
  json["counts"] = counts(report);
  json["errors"] = kinds(report.errors);
  json["forgiven"] = kinds(report.forgiven);
  json["client"] = process(report.client, report);
  json["server"] = report.server ? process(*report.server, report) : Json(nullptr);
  json["expectations"] = expectations(report);
  json["host_memory"] = {{"before", host_memory(report.host.memory_before)},
                         {"connected", host_memory(report.host.memory_connected)},
                         {"after", host_memory(report.host.memory_after)}};
  json["series"] = series_json(report.series);
  json["failures"] = report.failures;
  json["warnings"] = report.warnings;
  json["passed"] = report.passed();
  return indented_json(json) + "\n";
}

}  // namespace loadgen
