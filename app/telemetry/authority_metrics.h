// Authority metrics: what a RoomAuthority counts, in Prometheus' text format.
//
// Pure, any thread. Counters begin anew where a reload changed whom to ask.
#pragma once

#include <string>

#include "app/rooms/room_authority.h"

namespace app {

std::string authority_metrics(const RoomAuthorityCounts& counts);

}  // namespace app
