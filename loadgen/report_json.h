// Report JSON: a report as programs read it; the schema below is stable: fields are only added.
//
//   schema            1
//   program           {name, version, commit, compiler, build_type}
//   command           [argument...]
//   machine           {cpu_model, cpus, memory_bytes, kernel, started_at}
//   scenario          "connect" | "idle" | "echo" | "room" | "storm" |
//                     "slow-readers" | "churn" | "mixed"
//   target            the URL
//   loop              "open" | "closed"; null for idle. Closed: coordinated omission is possible
//   options           {connections, rooms, members, publishers, rooms_each, rate, arrivals,
//                      in_flight, size_least, size_most, processes, shards, cpus, tenants,
//                      seed, warm_up_seconds, duration_seconds}
//   interrupted       whether somebody stopped it early
//   times             {connecting_seconds, warm_up_seconds, measured_seconds, drain_seconds}
//   connections       {wanted, opened, failed, open_at_stop, disconnects, pings_answered,
//                      latency_ns: summary}       whole run
//   messages          {sent, received, throughput_per_second}       measured time; receptions
//   latency_ns        summary; from the intended time in an open loop, else from the sending
//   latency_buckets   [[upper end in ns, count]...]; what latency_ns sums up, empty ones left out
//   send_lag_ns       summary; open loop: how much later than intended messages were sent
//   bytes             {payload_sent, payload_received, socket_sent, socket_received}  measured time
//   audit             {checked, lost, duplicates, disorder, corrupt, misdelivered,
//                       misreported, passed}
//   generator         {stalls, skipped, unsent}
//   classes           {name: {sent, received, throughput_per_second, latency_ns: summary, audit}}:
//                     the parts of a run that reports them apart
//   counts            {name: count}: of what only some scenarios have, see tally.h
//   errors            {kind: count}
//   forgiven          {kind: count}: what failed, but was part of the plan
//   client, server    {pid, name, user_seconds, system_seconds, cpus_busy, cpu_us_per_message,
//                      user_us_per_message, system_us_per_message, memory: {before, connected,
//                      after: {resident, resident_anonymous, resident_peak, proportional}},
//                      resident_bytes_per_connection}; server is null without its pid. Times are of
//                      the measured time; `before` is before the first connect; a message of the
//                      connect scenario is a connect
//   expectations      [{text, metric, value, met}]; value is null where the run has no such figure
//   host_memory       {before, connected, after: {available, slab, slab_sockets, tcp_buffers,
//                     cgroup}}: bytes of the whole host, at the instants of server.memory
//   series            the run over time: see series/series_json.h
//   failures          [line...]; empty when the run passed
//   warnings          [line...]
//   passed            whether the exit code was 0, unless it was interrupted
//
// A summary is {count, min, mean, p50, p90, p99, p99_9, p99_99, max}. Pure function.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>

#include "loadgen/report.h"

namespace loadgen {

// A summary.
nlohmann::ordered_json latency_json(const LatencySummary& latency);

// Indented, with a newline at the end.
std::string report_json(const Report& report);

// The fields "program" and "machine", for whatever else is told as JSON.
nlohmann::ordered_json program_json();
nlohmann::ordered_json machine_json(const Machine& machine);

}  // namespace loadgen
