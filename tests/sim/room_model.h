// RoomModel: what a room is, said again without shards, lanes or sockets, to judge the engine by.
//
// It is told of every publication, and of every stay of a client in a room with what the client
// heard there. It holds them to four laws: nobody hears what was not said, or twice, or after
// leaving; each sender is heard in order; all agree on one order of a room, without gaps; and who
// was in the room before a message was sent, and still is, has heard it. Of a room that may leave
// messages out the last two laws do not hold; of a `latest` one another does: who was in the room
// when the last message of a key was sent has heard it, and nothing of that key after it.
// Threads: one. Bound: one run's publications.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "engine/room/room_policy.h"
#include "tests/sim/verdict.h"

namespace sim {

using StayNumber = std::uint32_t;

class RoomModel {
 public:
  explicit RoomModel(Verdict& verdict) : verdict_(verdict) {}
  void set_policy(std::uint8_t room, engine::RoomPolicy policy) { policies_[room] = policy; }
  // What a message is the newest value of.
  static std::uint64_t key_of(std::uint64_t number) noexcept { return number % kKeys + 1; }

  // A client is told that it is in; from now on it hears.
  // `session` tells connections apart: a client may stay in a room twice within one.
  StayNumber begin_stay(std::uint64_t session, std::uint8_t room, bool echo, base::Instant now);
  // It asked to leave, or its connection is ending: it may miss what is said from now on.
  void weaken_stay(StayNumber stay);
  // It is told that it is out, or its connection is gone: it hears nothing any more.
  void end_stay(StayNumber stay);

  // Says a new message. Answers its number, which is never 0.
  std::uint64_t publish(StayNumber stay, base::Instant now);
  void hear(StayNumber stay, std::uint8_t room, std::uint64_t number, base::Instant now);
  // The publications of this stay may be lost.
  void doubt(StayNumber stay);
  // So may those of every session that broke.
  template <typename Broke>
  void doubt_sessions(Broke&& broke) {
    for (Stay& stay : stays_) stay.doubted |= broke(stay.session);
  }

  // Everything is at rest: whoever was owed something has it.
  void judge();
  std::uint64_t heard() const noexcept { return heard_; }
  base::Duration worst_latency() const noexcept { return worst_latency_; }

 private:
  struct Stay {
    std::uint64_t session = 0;
    std::uint8_t room = 0;
    bool echo = false;
    bool faithful = true;  // Has neither left nor asked to.
    bool ended = false;
    bool doubted = false;
    base::Instant began{};
    std::vector<std::uint64_t> heard{};
    std::unordered_map<std::uint64_t, std::size_t> places{};  // Of each number in `heard`.
    std::map<StayNumber, std::uint64_t> last_of{};            // The last number of each sender.
  };
  struct Publication {
    StayNumber sender;
    std::uint8_t room;
    base::Instant said;
    bool was_heard = false;
  };

  void judge_order(std::uint8_t room);
  void judge_gaps(StayNumber one, StayNumber other);
  void judge_completeness(StayNumber number);
  void judge_newest(std::uint8_t room, std::uint64_t key);
  std::vector<std::uint64_t> last_of_senders(std::uint8_t room, std::uint64_t key) const;
  std::uint64_t last_heard(const Stay& stay, std::uint64_t key) const;
  bool reliable(std::uint8_t room) const { return !policies_.contains(room); }
  bool withheld(const Stay& stay, const Publication& publication) const;
  bool owed(const Stay& stay, const Publication& publication) const;
  void convict(StayNumber stay, const std::string& charge);

  static constexpr std::uint64_t kKeys = 3;

  Verdict& verdict_;
  std::map<std::uint8_t, engine::RoomPolicy> policies_;  // Those that are not reliable.
  std::deque<Stay> stays_;
  std::map<std::uint64_t, Publication> publications_;
  std::uint64_t last_number_ = 0;
  std::uint64_t heard_ = 0;
  base::Duration worst_latency_{};
};

}  // namespace sim
