// Native metrics: the families of what shards count of native events, and of their limits.
//
// Any thread: it reads counters that the shards write. Bound: a list of families, whose labels are
// fixed.
#pragma once

#include "app/telemetry/shard_page.h"

namespace app {

void add_native_metrics(ShardPage& page);

}  // namespace app
