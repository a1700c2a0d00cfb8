// Conflation: what a `latest` room keeps on a shard for members that lag: the newest value of each
// key, as the frame that they will be sent, and who lags since which message.
//
// Values are kept only while somebody lags. A member that lags is given those whose number is above
// the last one it was given, oldest first. Only Rooms uses it. Threads: the shard's own. Bounds:
// keys_max values, the oldest gives way; some bytes for each member that lags. Invariant: while
// somebody lags, each message of the batches begun since is here, or a newer one of its key, or its
// key gave way and was counted.
#pragma once

#include <cstdint>
#include <list>
#include <span>
#include <unordered_map>
#include <vector>

#include "engine/connection/payload_pool.h"
#include "engine/room/batch.h"
#include "engine/session/session.h"

namespace engine {

class Conflation {
 public:
  struct Value {
    std::uint64_t key;
    std::uint64_t number;
    Payload* frame;  // Holds exactly this frame.
    SessionId withheld_from;
  };

  Conflation(PayloadPool& pool, std::uint32_t keys_max) : pool_(pool), keys_max_(keys_max) {}
  Conflation(const Conflation&) = delete;
  Conflation& operator=(const Conflation&) = delete;
  ~Conflation() { clear_values(); }

  // ---- The batches of the room --------------------------------------------------------------

  // The batch that takes messages got this one as its last.
  void note(std::uint64_t key, std::uint64_t number, const Batch& batch, SessionId withheld_from);
  // That batch is fanned out from now on, and a new one takes messages.
  void begin_batch();
  void end_batch() noexcept { active_.clear(); }

  // ---- Who lags -----------------------------------------------------------------------------

  // The member is given nothing of the batch that is being fanned out. Returns how many keys gave
  // way to that batch's.
  std::uint32_t start_lagging(std::uint32_t slot, std::uint64_t last_given);
  void stop_lagging(std::uint32_t slot);
  void set_last_given(std::uint32_t slot, std::uint64_t number) { laggards_[slot] = number; }
  std::uint64_t last_given(std::uint32_t slot) const { return laggards_.at(slot); }
  bool anybody_lags() const noexcept { return !laggards_.empty(); }
  // Adds the active batch's messages to the values, once. Returns how many keys gave way.
  std::uint32_t keep_active();

  // Calls `give(value)` for what is newer than `number`, oldest first, while it returns true.
  template <typename Give>
  bool for_newer_than(std::uint64_t number, Give&& give) const {
    auto at = values_.end();
    while (at != values_.begin() && std::prev(at)->number > number) --at;
    for (; at != values_.end(); ++at) {
      if (!give(*at)) return false;
    }
    return true;
  }

  // Members whose queues have drained; they are served between two batches.
  std::vector<SessionId> ready;

 private:
  struct Note {
    std::uint64_t key;
    std::uint64_t number;
    SessionId withheld_from;
    Batch::Stretch frame;
  };
  using Values = std::list<Value>;

  bool keep(const Note& note);
  void clear_values() noexcept;

  PayloadPool& pool_;
  std::uint32_t keys_max_;
  std::vector<Note> open_;
  std::vector<Note> active_;
  bool active_kept_ = false;
  Values values_;  // In the order of their numbers.
  std::unordered_map<std::uint64_t, Values::iterator> by_key_;
  std::unordered_map<std::uint32_t, std::uint64_t> laggards_;  // By slot: the last number given.
};

}  // namespace engine
