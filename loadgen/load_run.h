// LoadRun: one run in one process, from start to end: opens the shards, leads them through its
// phases, and makes the report.
//
// Connect, warm up, measure, drain, say goodbye. It watches the shards through their counters and
// tells them two instants (RunControl); everything else they decide themselves. Where several
// processes make up a run, they go through the phases together (SharedRun); the first decides when.
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
#include "loadgen/run_result.h"
#include "loadgen/series/series_recorder.h"
#include "loadgen/shared_run.h"

namespace loadgen {

class LoadRun {
 public:
  // Takes all resources; errors say what the host or the options lack. `options`, and what was
  // opened for them and for all processes of the run, must outlive it.
  static base::Result<std::unique_ptr<LoadRun>> open(const LoadOptions& options,
                                                     PublishedBoard& board, SharedRun& shared);

  // Once. Without a connection to measure, the report says so among its failures.
  RunResult execute(Interrupts& interrupts, Progress& progress);

 private:
  struct Usage {
    CpuTime client;
    CpuTime server;
  };

  LoadRun(const LoadOptions& options, PublishedBoard& board, SharedRun& shared);

  void connect();
  void wait_for_entries();
  void measure();
  void drain();
  void end();
  bool wait_until(base::Instant instant, std::string_view phase);
  bool is_complete();
  void ring_shards() noexcept;
  void watch(std::string_view phase);
  RunTotals own_totals() const;
  RunTotals totals();
  void reach(RunPhase phase, std::string_view name);
  Usage usage() const;
  void note_memory(MemoryUse ProcessReport::* when, HostMemory HostReport::* host_when);

  RunResult result_;
  Report& report_ = result_.report;
  const LoadOptions& options_;
  SharedRun& shared_;
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

// What the publishers of these shards sent.
Ledger account_of(std::span<LoadShard* const> shards, const LoadOptions& options);
// Judges the audits of the shards by what those of all processes sent, and adds what they saw.
void merge_shards(std::span<LoadShard* const> shards, const Ledger& ledger, RunResult& result);

}  // namespace loadgen
