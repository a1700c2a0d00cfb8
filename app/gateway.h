// Gateway: the process: its shards, its signals, its start and its end.
//
// run_gateway() returns the exit status: 0 after an orderly end, 1 when it could not start, 130
// when a second SIGINT cut the drain short. Called once, by main, on the main thread, which then
// only waits for signals.
#pragma once

#include "app/config/options.h"

namespace app {

int run_gateway(Options options);

}  // namespace app
