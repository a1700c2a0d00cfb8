// A thread's time slice: how long it runs before another that waits for the same processor.
//
// Where shards outnumber processors, one that fans out to many holds up those that share its
// processor for whole slices; short ones keep everybody's latency short. Linux 6.12 and newer take
// the wish (sched_setattr(2): sched_runtime of an ordinary thread); older ones ignore it.
#pragma once

#include "base/time.h"

namespace engine {

// For the calling thread. 100 us to 100 ms; false where the kernel refused.
bool set_time_slice(base::Duration slice) noexcept;

}  // namespace engine
