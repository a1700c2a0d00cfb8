// RunWindow: which instants of a run count.
//
// A run goes: connect, warm up, measure, drain. What was intended for the time from measure_from
// to stop is measured; what came before is only audited; from stop on nothing new is intended.
// Plain value, read by one shard.
#pragma once

#include "base/time.h"

namespace loadgen {

struct RunWindow {
  base::Instant start = base::kForever;  // The first message may be sent.
  base::Instant measure_from = base::kForever;
  base::Instant stop = base::kForever;

  bool measures(base::Instant intended) const noexcept {
    return intended >= measure_from && intended < stop;
  }
};

}  // namespace loadgen
