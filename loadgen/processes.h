// Processes: a run made by several processes, each with shards and a part of the clients of its
// own, and one result.
//
// Each is forked, in a process group of its own, so that an interrupt reaches it once: through us.
// They meet in memory that all share (SharedRun), and each writes its result to a pipe. One that
// dies takes the run with it, and is named. Main thread, before any other exists. Bound:
// kProcessesMost.
#pragma once

#include "base/result.h"
#include "loadgen/interrupts.h"
#include "loadgen/load_options.h"
#include "loadgen/progress.h"
#include "loadgen/published_board.h"
#include "loadgen/run_result.h"
#include "loadgen/shared_run.h"

namespace loadgen {

base::Result<RunResult> run_processes(const LoadOptions& options, PublishedBoard& board,
                                      SharedRun& shared, Interrupts& interrupts,
                                      Progress& progress);

// The whole run, or one process's part of it, in this process.
base::Result<RunResult> run_alone(const LoadOptions& options, PublishedBoard& board,
                                  SharedRun& shared, Interrupts& interrupts, Progress& progress);

}  // namespace loadgen
