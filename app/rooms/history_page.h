// History page: a part of what a room remembers, read at the room's home.
//
// Threads: the home shard's. Bounds: `limit` messages, and kHistoryPageBytesMax of them or a
// single one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/room/rooms.h"

namespace app {

struct HistoryEntry {
  std::uint64_t number = 0;
  std::string event{};  // The whole event as JSON, as clients got it.
};
struct HistoryPage {
  bool complete = true;
  std::string epoch{};
  std::uint64_t first = 0, last = 0;  // Numbers that are kept; 0: none.
  std::vector<HistoryEntry> events{};
};

// The messages with numbers above `after`, from the oldest; only events, not binary messages.
HistoryPage read_history(engine::Rooms& rooms, std::string_view engine_name, std::uint64_t after,
                         std::uint32_t limit);

}  // namespace app
