// History page: a part of what a room remembers, read at the room's home.
//
// Threads: the home shard's. Bounds: `limit` messages, and kHistoryPageBytesMax of them or a
// single one.
#pragma once

#include <cstdint>
#include <string_view>

#include "app/admin/control.h"
#include "engine/room/rooms.h"

namespace app {

// The messages with numbers above `after`, from the oldest; only events, not binary messages.
HistoryPage read_history(engine::Rooms& rooms, std::string_view engine_name, std::uint64_t after,
                         std::uint32_t limit);

}  // namespace app
