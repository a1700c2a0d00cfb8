// Pages: what the gateway answers to plain HTTP requests: /, /health, /metrics, /ws/status.
//
// Built from the counters of all shards, which their shards write and anybody may read, so any
// shard answers for the whole process. Threads: add_shard() before the group starts, find() on any.
// Bound: a page is as long as the list of metrics, whose labels are fixed.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>

#include "app/telemetry/metrics.h"

namespace app {

class Pages {
 public:
  explicit Pages(bool raw) : raw_(raw) {}

  void add_shard(const Metrics::ShardParts& parts) { metrics_.add_shard(parts); }
  void set_gate(const engine::ConnectionGate& gate) { metrics_.set_gate(gate); }
  std::uint64_t connections() const { return metrics_.connections(); }
  void set_draining() noexcept { draining_.store(true, std::memory_order_relaxed); }

  // A whole HTTP response, or nothing if no page has that path.
  std::optional<std::string> find(std::string_view path) const;
  // JSON.
  std::string health() const;
  std::string status() const;
  bool draining() const noexcept { return draining_.load(std::memory_order_relaxed); }
  const Metrics& metrics() const noexcept { return metrics_; }

 private:
  bool raw_;
  Metrics metrics_;
  std::atomic<bool> draining_{false};
};

}  // namespace app
