// LoadRun: one run from start to end: opens the shards, leads them through its phases, and makes
// the report.
//
// Connect, warm up, measure, drain, say goodbye. It watches the shards through their counters and
// tells them two instants (RunControl); everything else they decide themselves.
// Threads: the main one; the shards are started and joined within execute().
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/shard/shard_group.h"
#include "loadgen/interrupts.h"
#include "loadgen/load_options.h"
#include "loadgen/load_shard.h"
#include "loadgen/process_probe.h"
#include "loadgen/progress.h"
#include "loadgen/report.h"
#include "loadgen/run_control.h"
#include "loadgen/series/series_recorder.h"

namespace loadgen {

class LoadRun {
 public:
  // Takes all resources; errors say what the host or the options lack. `options`, and the board
  // that was opened for them, must outlive it.
  static base::Result<std::unique_ptr<LoadRun>> open(const LoadOptions& options,
                                                     PublishedBoard& board);

  // Once. Without a connection to measure, the report says so among its failures.
  Report execute(Interrupts& interrupts, Progress& progress);

 private:
  struct Totals {
    std::uint64_t opened = 0;
    std::uint64_t failed = 0;
    std::uint64_t open = 0;
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    std::uint64_t owed = 0;
    std::uint64_t awaited = 0;
  };
  struct Usage {
    CpuTime client;
    CpuTime server;
  };

  LoadRun(const LoadOptions& options, PublishedBoard& board);

  void connect();
  void measure();
  void drain();
  void end();
  bool wait_until(base::Instant instant, std::string_view phase);
  bool is_complete();
  void ring_shards() noexcept;
  void watch(std::string_view phase);
  Totals totals() const;
  Usage usage() const;
  void note_memory(MemoryUse ProcessReport::* when, HostMemory HostReport::* host_when);

  Report report_;
  const LoadOptions& options_;
  RunControl control_;
  LoadShardFactory factory_;
  std::unique_ptr<engine::ShardGroup> group_;
  ProcessProbe self_;
  std::optional<ProcessProbe> server_;
  base::Instant calm_since_ = base::kForever;
  std::optional<HostProbe> host_;           // Once it is known whose.
  std::optional<SeriesRecorder> recorder_;  // Once there are shards to look at.
  Interrupts* interrupts_ = nullptr;
  Progress* progress_ = nullptr;
};

// Adds to `report` what the shards saw, and judges the audits against each other.
void merge_shards(std::span<LoadShard* const> shards, Report& report);

}  // namespace loadgen
