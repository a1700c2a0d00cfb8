// run_gateway(): the gateway from its options to its end, on the calling thread and its shards'.
//
// SIGTERM and SIGINT drain it, a second SIGINT ends it at once, SIGHUP reads the configuration
// again through `reread`. Returns the exit status. Called once, by main, before any other thread.
#pragma once

#include <functional>
#include <variant>

#include "app/config/options.h"

namespace app {

using Reread = std::function<std::variant<Options, Goodbye>()>;

int run_gateway(Options options, Reread reread);

}  // namespace app
