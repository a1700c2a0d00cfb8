// Live figures: what the live page draws, as JSON (docs/SERVER_API.md, "Live figures").
//
// Totals, which the page makes rates of. Any thread but a shard's: asks the shards for the largest
// rooms and the slowest connections.
#pragma once

#include <string>

#include "app/shared_services.h"
#include "app/telemetry/pages.h"

namespace app {

std::string live_figures(const ShardPosts& posts, const Pages& pages);

}  // namespace app
