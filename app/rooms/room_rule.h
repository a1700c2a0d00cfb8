// The rule for the field that names a room, in the events about rooms.
//
// A constant, any thread.
#pragma once

#include "app/events/schema.h"
#include "app/gateway_limits.h"

namespace app {

inline constexpr FieldRule kRoomRule{.name = "room",
                                     .other_name = "roomId",
                                     .required = true,
                                     .bytes_least = 1,
                                     .bytes_max = kRoomNameTextMax};

}  // namespace app
