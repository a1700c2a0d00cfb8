#include "engine/room/history_keeper.h"

#include <memory>

#include "base/check.h"
#include "base/limits.h"

namespace engine {

void HistoryKeeper::keep(base::Handle home, HomeRoom& room, const Publication& publication,
                         std::span<const std::byte> message, base::Instant now) {
  DCHECK(enabled());
  if (room.history == nullptr) room.history = std::make_unique<RoomHistory>();
  RoomHistory& history = *room.history;
  const bool is_first = history.empty();
  const std::span<std::byte> copy = history.add({.number = room.last_number,
                                                 .opcode = publication.opcode,
                                                 .kept = messages_kept_++,
                                                 .at = now},
                                                message);
  if (publication.number_at != kNowhere) {
    numbers_.write(copy, publication.number_at, room.last_number);
  }
  if (is_first) note(home, history);
  bytes_ += message.size();
  counters_.kept.add();
  counters_.messages.add();
  // The newest stays, however large: a message that was accepted is worth one place.
  while (history.size() > 1 && (history.size() > options_.messages_per_room ||
                                history.bytes() > options_.bytes_per_room)) {
    forget_first(room, counters_.forgotten_by_room);
  }
  while (bytes_ > options_.bytes_total && (rooms_.size() > 1 || history.size() > 1)) {
    forget_oldest(counters_.forgotten_by_total);
  }
  counters_.bytes.set(bytes_);
}

bool HistoryKeeper::expire(base::Instant now) {
  std::uint32_t left = base::kHistoryForgottenPerTurn;
  while (!rooms_.empty() && next_deadline() <= now) {
    if (left-- == 0) return true;
    if (top_is_right()) forget_oldest(counters_.forgotten_by_age);
  }
  counters_.bytes.set(bytes_);
  return false;
}

void HistoryKeeper::note(base::Handle home, const RoomHistory& history) {
  rooms_.push({history.oldest().kept, history.oldest().at, home});
}

// A room that forgot for reasons of its own may stand too far in front; then it moves back.
bool HistoryKeeper::top_is_right() {
  const Entry first = rooms_.top();
  const RoomHistory& history = *directory_.find(first.home)->history;
  CHECK(!history.empty());  // Such a room stays, and so does its entry.
  if (history.oldest().kept == first.kept) return true;
  rooms_.pop();
  note(first.home, history);
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
  while (!top_is_right()) {
  }
  const base::Handle home = rooms_.top().home;
  rooms_.pop();
  HomeRoom& room = *directory_.find(home);
  forget_first(room, why);
  if (room.history->empty()) {
    directory_.drop_if_unused(home);
  } else {
    note(home, *room.history);
  }
}

}  // namespace engine
