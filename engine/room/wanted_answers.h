// WantedAnswers: for a room on one shard, which messages of its batches somebody wants to know the
// fate of, and the count of the batch that is being carried to the members.
//
// A batch of which nobody asks costs a test or two. Only Rooms uses it. Threads: the shard's own.
// Bound: the messages of two batches.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "base/slot_map.h"
#include "engine/room/publish_answer.h"
#include "engine/room/room_messages.h"
#include "engine/session/session.h"

namespace engine {

// Whom an answer goes to: which shard, and what that calls it.
struct AnswerAddress {
  std::uint16_t shard = 0;
  base::Handle awaited{};
};

enum class Fate : std::uint8_t { queued, conflated, dropped };

class WantedAnswers {
 public:
  // The batch that takes messages got one more, which is not for `withheld_from`.
  void want(const AnswerAddress& address, SessionId withheld_from) {
    open_.push_back({address, withheld_from, {}});
    open_withholds_ |= withheld_from != kNobody;
  }
  // That batch is carried to the members from now on.
  void begin_batch() {
    active_.swap(open_);
    open_.clear();
    active_withholds_ = std::exchange(open_withholds_, false);
    count_ = {};
  }
  // What became of the active batch for one member.
  void note(SessionId member, Fate fate) {
    add(count_, fate);
    if (!active_withholds_) return;  // Else it would be looked for in vain, for every member.
    for (Wanted& wanted : active_) {
      if (wanted.withheld_from == member) add(wanted.not_counted, fate);
    }
  }
  // Calls `tell(address, part)` for each message of the active batch, which is over.
  template <typename Tell>
  void end_batch(Tell&& tell) {
    for (const Wanted& wanted : active_) {
      tell(wanted.address, AnswerPart{.queued = count_.queued - wanted.not_counted.queued,
                                      .conflated = count_.conflated - wanted.not_counted.conflated,
                                      .dropped = count_.dropped - wanted.not_counted.dropped});
    }
    active_.clear();
    count_ = {};
  }
  bool batch_is_wanted() const noexcept { return !active_.empty(); }
  bool empty() const noexcept { return active_.empty() && open_.empty(); }

 private:
  struct Wanted {
    AnswerAddress address;
    SessionId withheld_from;
    AnswerPart not_counted;  // The one that it was withheld from, once that was visited.
  };

  static void add(AnswerPart& part, Fate fate) noexcept {
    switch (fate) {
      case Fate::queued:
        ++part.queued;
        break;
      case Fate::conflated:
        ++part.conflated;
        break;
      case Fate::dropped:
        ++part.dropped;
        break;
    }
  }

  std::vector<Wanted> open_;
  std::vector<Wanted> active_;
  bool open_withholds_ = false;  // Some message of the batch is not for somebody.
  bool active_withholds_ = false;
  AnswerPart count_{};
};

}  // namespace engine
