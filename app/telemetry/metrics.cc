#include "app/telemetry/metrics.h"

#include "app/telemetry/engine_metrics.h"
#include "app/telemetry/native_metrics.h"
#include "app/telemetry/shard_page.h"
#include "millrace_version.h"

namespace app {

namespace {

void add_gate(MetricPage& page, const engine::ConnectionGate& gate) {
  page.gauge("millrace_connections_limit", "Connections that --connections allows", gate.limit());
  page.gauge("millrace_connections", "Connections that count towards the limit", gate.inside());
  if (!gate.memory().limited()) return;
  page.gauge("millrace_memory_budget_bytes", "What --memory-budget allows", gate.memory().limit());
}

void add_ledger(MetricPage& page, const MemoryLedger& ledger) {
  page.gauge("millrace_memory_resident_bytes", "Resident memory of the process",
             ledger.resident_bytes);
  page.gauge("millrace_memory_user_bytes_per_connection",
             "Resident since the start, per connection", ledger.user_per_connection());
  page.gauge("millrace_memory_kernel_bytes_per_connection",
             "Sockets and waiting requests in the kernel, reckoned from its object sizes",
             ledger.kernel_per_connection());
}

}  // namespace

std::uint64_t Metrics::connections() const { return gate_ == nullptr ? 0 : gate_->inside(); }

std::string Metrics::text() const {
  ShardPage page(shards_);
  page.of_process().gauge(
      "millrace_build_info", "What this is", 1,
      {{"version", std::string(millrace::kVersion)}, {"commit", std::string(millrace::kCommit)}});
  if (gate_ != nullptr) add_gate(page.of_process(), *gate_);
  add_ledger(page.of_process(), ledger());
  add_engine_metrics(page);
  add_native_metrics(page);
  return page.text();
}

MemoryLedger Metrics::ledger() const {
  const ShardPage page(shards_);
  const std::uint64_t open = page.sum(
      [](const ShardParts& parts) { return parts.shard->connection_counters().open.value(); });
  const std::uint64_t warm = page.sum(
      [](const ShardParts& parts) { return parts.shard->connection_counters().warm.value(); });
  return ledger_.look(open, warm);
}

}  // namespace app
