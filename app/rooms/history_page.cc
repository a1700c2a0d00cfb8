#include "app/rooms/history_page.h"

#include "app/gateway_limits.h"
#include "app/rooms/epoch_text.h"
#include "base/bytes.h"

namespace app {

HistoryPage read_history(engine::Rooms& rooms, std::string_view engine_name, std::uint64_t after,
                         std::uint32_t limit) {
  HistoryPage page;
  const base::Handle handle = rooms.homes().find(engine_name);
  const engine::HomeRoom* room = rooms.home_room(engine_name);
  if (room == nullptr) return page;
  append_epoch(page.epoch, rooms.epoch_of(handle));
  page.last = room->last_number;
  if (room->history == nullptr) return page;
  page.first = room->history->first();
  std::size_t bytes = 0;
  room->history->for_each(after, room->last_number, [&](const engine::KeptMessage& message) {
    bytes += message.size;
    // A page has one event, however long it is: who turns pages must get on.
    const bool full = bytes > kHistoryPageBytesMax && !page.events.empty();
    if (full || page.events.size() == limit) return false;
    if (message.opcode == protocol::Opcode::text) {
      page.events.push_back({message.number, std::string(base::as_text(message.bytes()))});
    }
    return true;
  });
  return page;
}

}  // namespace app
