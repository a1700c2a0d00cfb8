// Room: one shard's part of a room: its members here, and what is on its way to them.
//
// Only Rooms changes it. Members are dense, so that a fan-out walks memory in order. While a
// fan-out is under way a member that leaves only vacates its place, and one that joins goes behind
// the fan-out's end: everybody gets each message between their joining and their leaving once. What
// was published earlier in the turn of a joining still waits in `work->open`, and reaches the
// joiner too.
// Threads: the shard's own. Bound: the members of the shard; the backlog limit of Rooms.
#pragma once

#include <cstdint>
#include <forward_list>
#include <memory>
#include <string>
#include <vector>

#include "base/slot_map.h"
#include "engine/room/conflation.h"
#include "engine/room/room_policy.h"
#include "engine/room/room_work.h"
#include "engine/session/session.h"

namespace engine {

// A room on this shard, by name: stale once its last member here has left.
using RoomHandle = base::Handle;

struct Room {
  static constexpr std::uint32_t kVacant = UINT32_MAX;

  struct Member {
    std::uint32_t slot;        // Of the session; kVacant when it left during a fan-out.
    std::uint32_t membership;  // Its record in the membership table.
  };
  // A session whose admission waits for the home's word.
  struct Waiting {
    SessionId session;
    bool echo;
    std::uint64_t recovery = 0;  // By which the home names what it missed, if it waits for that.
  };

  std::string name;
  std::uint32_t home_shard = 0;
  bool runnable = false;  // On the list of rooms with work.
  RoomPolicy policy = RoomPolicy::reliable;
  std::uint8_t mark = 0;  // The application's, as it is at the home.
  base::Handle home{};    // The room at its home; null until the home has answered.
  std::uint64_t last_number = 0;
  std::uint64_t batch_last = 0;  // Of the last message that was or is being fanned out.

  std::vector<Member> members;
  std::uint32_t vacancies = 0;
  std::uint32_t expected_bytes = 0;       // Of a batch: what the last one had.
  std::forward_list<Waiting> joins;       // That wait, the last to come first,
  std::forward_list<Waiting> recoveries;  // and those that also wait for what they missed.

  std::unique_ptr<RoomWork> work{};          // While messages wait or are being fanned out.
  std::unique_ptr<Conflation> conflation{};  // Of a `latest` room.

  // The last number that the member at this place was given.
  std::uint64_t last_given(std::uint32_t place) const noexcept {
    const bool awaits_active = fanning_out() && place >= work->cursor && place < work->active_end;
    return awaits_active ? work->batch_first - 1 : batch_last;
  }
  std::uint32_t population() const noexcept {
    return static_cast<std::uint32_t>(members.size()) - vacancies;
  }
  bool awaited() const noexcept { return !joins.empty() || !recoveries.empty(); }
  bool fanning_out() const noexcept { return work != nullptr && !work->active.empty(); }
  bool has_work() const noexcept {
    return work != nullptr || (conflation != nullptr && !conflation->ready.empty());
  }
};

}  // namespace engine
