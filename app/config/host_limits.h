// Host limits: what the operator asked for, held against what this host allows (see
// engine/shard/host_limits.h).
//
// fit_to_host() raises the soft open-file limit to the hard one, and where that is not enough says
// which flag does not fit and what would make it fit. Used once, before any thread starts.
#pragma once

#include "base/result.h"

namespace app {

struct Options;

// Raises what can be raised. An error says which flag does not fit and what would make it fit.
base::Status fit_to_host(Options& options);

}  // namespace app
