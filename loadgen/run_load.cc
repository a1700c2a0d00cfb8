#include "loadgen/run_load.h"

#include "loadgen/load_run.h"
#include "loadgen/processes.h"
#include "loadgen/published_board.h"
#include "loadgen/shared_run.h"

namespace loadgen {

base::Result<Report> run_load(const LoadOptions& options, Interrupts& interrupts,
                              Progress& progress) {
  auto board = PublishedBoard::open(options.groups);
  if (!board.ok()) return board.error();
  auto shared = SharedRun::open(options.groups, options.processes);
  if (!shared.ok()) return shared.error();
  auto result = options.processes > 1
                    ? run_processes(options, *board.value(), *shared.value(), interrupts, progress)
                    : run_alone(options, *board.value(), *shared.value(), interrupts, progress);
  if (!result.ok()) return result.error();
  Report report = finish_report(result.take());
  judge(report);
  return report;
}

base::Result<RunResult> run_alone(const LoadOptions& options, PublishedBoard& board,
                                  SharedRun& shared, Interrupts& interrupts, Progress& progress) {
  auto run = LoadRun::open(options, board, shared);
  if (!run.ok()) return run.error();
  return run.value()->execute(interrupts, progress);
}

}  // namespace loadgen
