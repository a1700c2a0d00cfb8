#include "loadgen/run_load.h"

#include "loadgen/load_run.h"
#include "loadgen/published_board.h"

namespace loadgen {

base::Result<Report> run_load(const LoadOptions& options, Interrupts& interrupts,
                              Progress& progress) {
  auto board = PublishedBoard::open(options.groups);
  if (!board.ok()) return board.error();
  auto opened = LoadRun::open(options, *board.value());
  if (!opened.ok()) return opened.error();
  Report report = opened.value()->execute(interrupts, progress);
  judge(report);
  return report;
}

}  // namespace loadgen
