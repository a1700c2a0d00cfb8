// make_scenario(): the scenario that a run's options name, for one shard.
//
// The one place that knows them all; each is in a file of its own here. Called where the shards are
// made, before any of them runs; what it returns belongs to that shard.
#pragma once

#include <memory>

#include "loadgen/scenario.h"

namespace loadgen {

std::unique_ptr<Scenario> make_scenario(const Stage& stage);

// Whether all clients are connected before the scenario begins.
bool connects_first(ScenarioKind kind) noexcept;

// Whether the measured time is over when everything has happened, `duration` being the latest.
bool ends_when_complete(const LoadOptions& options) noexcept;

}  // namespace loadgen
