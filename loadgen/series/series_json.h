// Series JSON: a run over time, as programs read it: the field "series" of report_json.h.
//
//   version           1; changes when a field below leaves or changes its meaning
//   measured_from_seconds, measured_to_seconds    both 0 when nothing was measured
//   traffic           one list per figure, all of the same length: seconds; opened, failed, sent,
//                     received, payload_bytes_sent, payload_bytes_received: totals until then;
//                     open: at that instant
//   latency           {range_begin_ns: [the least latency of each range that occurred and of those
//                     between, and the end of the last], counts: [for each interval between two
//                     samples of traffic: [how many latencies fell into each range]]}, of all
//                     messages, measured or not, by when they were received
//   resources         as traffic: seconds; client_cpu_seconds, server_cpu_seconds: totals until
//                     then; client_resident, server_resident, host_available, host_slab,
//                     host_tcp_buffers, cgroup: bytes at that instant. 0 is what was not told
//
// Times are in seconds since the first connect. Pure function.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "loadgen/series/run_series.h"

namespace loadgen {

nlohmann::ordered_json series_json(const RunSeries& series);

}  // namespace loadgen
