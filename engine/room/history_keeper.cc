#include "engine/room/history_keeper.h"

#include <memory>

#include "base/check.h"
#include "base/limits.h"
#include "engine/room/number_text.h"

namespace engine {

void HistoryKeeper::keep(base::Handle home, HomeRoom& room, const Publication& publication,
                         std::span<const std::byte> message, base::Instant now) {
  DCHECK(enabled());
  if (room.history == nullptr) {
    room.history = std::make_unique<RoomHistory>(room.last_number - 1);
  }
  const std::span<std::byte> copy =
      room.history->add(room.last_number, publication.opcode, message);
  if (publication.number_at != kNowhere) {
    write_number(copy, publication.number_at, room.last_number);
  }
  bytes_ += message.size();
  counters_.kept.add();
  counters_.messages.add();
  log_.push_back({home, room.last_number, now});
  // The newest stays, however large: a message that was accepted is worth one place.
  while (room.history->size() > 1 && (room.history->size() > options_.messages_per_room ||
                                      room.history->bytes() > options_.bytes_per_room)) {
    forget_first(room, counters_.forgotten_by_room);
  }
  while (bytes_ > options_.bytes_total && log_.size() > 1) {
    forget_oldest(counters_.forgotten_by_total);
  }
  counters_.bytes.set(bytes_);
}

bool HistoryKeeper::expire(base::Instant now) {
  std::uint32_t left = base::kHistoryForgottenPerTurn;
  while (!log_.empty() && next_deadline() <= now) {
    if (left-- == 0) return true;
    forget_oldest(counters_.forgotten_by_age);
  }
  counters_.bytes.set(bytes_);
  return false;
}

void HistoryKeeper::forget_first(HomeRoom& room, base::Counter& why) {
  const std::uint64_t before = room.history->bytes();
  room.history->drop_first();
  bytes_ -= before - room.history->bytes();
  counters_.messages.subtract();
  why.add();
}

void HistoryKeeper::forget_oldest(base::Counter& why) {
  const Entry oldest = log_.pop_front();
  HomeRoom* room = directory_.find(oldest.home);
  // Its room has forgotten it already, for reasons of its own.
  if (room == nullptr || room->history == nullptr || room->history->empty()) return;
  if (room->history->first() != oldest.number) return;
  forget_first(*room, why);
  directory_.drop_if_unused(oldest.home);
}

}  // namespace engine
