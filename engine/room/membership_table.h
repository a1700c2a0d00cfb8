// MembershipTable: which rooms each session of a shard is in, as chains of small records.
//
// A session's attachment holds the head of its chain (0: none), so leaving a room and leaving all
// of them cost what the session is in, not what the shard holds. Records are reused last in first
// out. Threads: the shard's own. Bound: 20 bytes for each member of each room.
#pragma once

#include <cstdint>
#include <vector>

#include "base/check.h"
#include "engine/room/room.h"

namespace engine {

struct Membership {
  RoomHandle room;
  std::uint32_t place;  // Among the room's members.
  std::uint32_t next;   // In the session's chain; 0 ends it.
  bool echo;            // The session gets its own messages too.
  bool lagging;         // In a `latest` room: is given nothing until its queue has drained.
  std::uint8_t note;    // The application's own; 0 at first.
};

static_assert(sizeof(Membership) == 20);

class MembershipTable {
 public:
  MembershipTable() : records_(1) {}  // Record 0 is the end of every chain.

  // Puts a new record at the head of a chain.
  std::uint32_t add(std::uint32_t& head, RoomHandle room, std::uint32_t place, bool echo) {
    std::uint32_t index = free_;
    if (index != 0) {
      free_ = records_[index].next;
    } else {
      index = static_cast<std::uint32_t>(records_.size());
      records_.emplace_back();
    }
    records_[index] = {room, place, head, echo, false, 0};
    head = index;
    return index;
  }

  // Takes the record of `room` out of a chain. Returns its place, or kVacant if it is not there.
  std::uint32_t remove(std::uint32_t& head, RoomHandle room) {
    std::uint32_t before = 0;
    for (std::uint32_t index = head; index != 0; index = records_[index].next) {
      if (records_[index].room != room) {
        before = index;
        continue;
      }
      if (before == 0) {
        head = records_[index].next;
      } else {
        records_[before].next = records_[index].next;
      }
      records_[index].next = free_;
      free_ = index;
      return records_[index].place;
    }
    return Room::kVacant;
  }

  // Calls `visit(record)` for each record of a chain.
  template <typename Visit>
  void for_each(std::uint32_t head, Visit&& visit) {
    for (std::uint32_t index = head; index != 0; index = records_[index].next) {
      visit(records_[index]);
    }
  }

  // The record of `room` in a chain, or nullptr.
  Membership* find(std::uint32_t head, RoomHandle room) noexcept {
    for (std::uint32_t index = head; index != 0; index = records_[index].next) {
      if (records_[index].room == room) return &records_[index];
    }
    return nullptr;
  }

  Membership& operator[](std::uint32_t index) noexcept {
    DCHECK(index != 0);
    return records_[index];
  }

 private:
  std::vector<Membership> records_;
  std::uint32_t free_ = 0;
};

}  // namespace engine
