// run_load(): one whole run by its options, from opening what it needs to its judged report.
//
// The one thing that main and the ramp do with options. Main thread; errors are those of the host
// or the options, found before anything was connected.
#pragma once

#include "base/result.h"
#include "loadgen/interrupts.h"
#include "loadgen/load_options.h"
#include "loadgen/progress.h"
#include "loadgen/report.h"

namespace loadgen {

base::Result<Report> run_load(const LoadOptions& options, Interrupts& interrupts,
                              Progress& progress);

}  // namespace loadgen
