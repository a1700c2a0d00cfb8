// RoomWork: what a room has in hand on this shard: the batch that takes messages, the one that is
// on its way to the members, and who wants to know what becomes of them.
//
// A room has one only while there are messages of it; most rooms have none most of the time, so
// they are pooled: a room at rest costs a null pointer. Only Rooms uses it. Threads: the shard's
// own. Bounds: one for each room with messages; of idle ones kRoomWorkIdleMost are kept.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/limits.h"
#include "base/time.h"
#include "engine/room/batch.h"
#include "engine/room/wanted_answers.h"

namespace engine {

struct RoomWork {
  Batch open;    // Takes this turn's messages.
  Batch active;  // Is being fanned out, to members [cursor, active_end).
  std::uint32_t cursor = 0;
  std::uint32_t active_end = 0;
  std::uint64_t batch_first = 1;    // The number of the first message of `active`.
  base::Instant open_measured{};    // When a message of `open` came whose way is measured,
  base::Instant active_measured{};  // and one of `active`; else the origin of time.
  WantedAnswers wanted;

  std::uint64_t bytes() const noexcept { return open.bytes() + active.bytes(); }
  // Forgets the messages; who wants to know of them is the caller's to tell.
  void clear(PayloadPool& pool) noexcept {
    open.clear(pool);
    active.clear(pool);
  }
};

class RoomWorkPool {
 public:
  // One without messages.
  std::unique_ptr<RoomWork> take() {
    if (idle_.empty()) return std::make_unique<RoomWork>();
    std::unique_ptr<RoomWork> work = std::move(idle_.back());
    idle_.pop_back();
    return work;
  }
  // Its batches have been cleared, and nobody waits for an answer of it.
  void put_back(std::unique_ptr<RoomWork> work) {
    if (idle_.size() < base::kRoomWorkIdleMost) idle_.push_back(std::move(work));
  }

 private:
  std::vector<std::unique_ptr<RoomWork>> idle_;
};

}  // namespace engine
