// Engine metrics: the families of what the engine counts: sessions, rooms, connections, loops.
//
// Any thread: it reads counters that the shards write. Bound: a list of families, whose labels are
// fixed.
#pragma once

#include "app/telemetry/shard_page.h"

namespace app {

void add_engine_metrics(ShardPage& page);

}  // namespace app
