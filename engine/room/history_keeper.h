// HistoryKeeper: keeps the histories of all rooms at home on a shard within their bounds.
//
// A heap of the rooms that remember something, by their oldest message, says which is the oldest of
// all, so that age and the total cost what is forgotten, not what is kept. Threads: the shard's
// own. Bounds: HistoryOptions; past one of them the oldest go, and are counted by why. Invariant: a
// room with a history that is not empty is in the heap once, by its oldest message or by an older
// one that it had.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <span>
#include <vector>

#include "base/counter.h"
#include "base/slot_map.h"
#include "base/time.h"
#include "engine/room/history_options.h"
#include "engine/room/home_directory.h"
#include "engine/room/number_text.h"
#include "engine/room/room_messages.h"

namespace engine {

struct HistoryCounters {
  base::Gauge bytes;
  base::Gauge messages;
  base::Counter kept;
  base::Counter forgotten_by_age;
  base::Counter forgotten_by_room;   // Their room kept as much as it may.
  base::Counter forgotten_by_total;  // All rooms together did.
};

class HistoryKeeper {
 public:
  HistoryKeeper(HomeDirectory& directory, NumberText& numbers, const HistoryOptions& options)
      : directory_(directory), numbers_(numbers), options_(options) {}

  bool enabled() const noexcept { return options_.messages_per_room > 0; }
  // The room has given `message` its last number.
  void keep(base::Handle home, HomeRoom& room, const Publication& publication,
            std::span<const std::byte> message, base::Instant now);
  // Forgets what is too old, a bounded part of it. True when more is.
  bool expire(base::Instant now);
  // When the oldest becomes too old.
  base::Instant next_deadline() const noexcept {
    return rooms_.empty() ? base::kForever : rooms_.top().at + options_.keep_for;
  }
  const HistoryCounters& counters() const noexcept { return counters_; }

 private:
  // A room and its oldest message: how many had been kept before it, and when it was.
  struct Entry {
    std::uint64_t kept;
    base::Instant at;
    base::Handle home;

    bool operator>(const Entry& other) const noexcept { return kept > other.kept; }
  };

  void note(base::Handle home, const RoomHistory& history);
  bool top_is_right();
  void forget_first(HomeRoom& room, base::Counter& why);
  void forget_oldest(base::Counter& why);

  HomeDirectory& directory_;
  NumberText& numbers_;
  HistoryOptions options_;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> rooms_;
  std::uint64_t messages_kept_ = 0;
  std::uint64_t bytes_ = 0;
  HistoryCounters counters_;
};

}  // namespace engine
