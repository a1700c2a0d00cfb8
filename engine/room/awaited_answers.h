// AwaitedAnswers: a publisher's shard's list of messages whose answer is not complete yet.
//
// The home says which number the message got and how many shards will count their members for it;
// each of these sends a part. The parts and the number may come in any order. Only Rooms uses it.
// Threads: the shard's own. Bound: kAnswersAwaitedMost; beyond it an answer is given at once that
// says that it knows nothing. Invariant: expect() is followed by exactly one answer.
#pragma once

#include <cstdint>
#include <vector>

#include "base/limits.h"
#include "base/slot_map.h"
#include "engine/room/publish_answer.h"
#include "engine/session/session.h"

namespace engine {

class AwaitedAnswers {
 public:
  struct Done {
    SessionId session;
    std::uint64_t ticket;
    PublishAnswer answer;
  };

  AwaitedAnswers() : awaited_(base::kAnswersAwaitedMost) {}

  // A name for the answer, that number_is() and add_part() take; null: it has been given already.
  base::Handle expect(SessionId session, std::uint64_t ticket);
  void number_is(base::Handle awaited, std::uint64_t number, std::uint32_t parts,
                 bool duplicate = false);
  void add_part(base::Handle awaited, const AnswerPart& part, bool remote);

  // Complete ones, in the order that they became so; the caller takes them all.
  std::vector<Done>& done() noexcept { return done_; }

 private:
  struct Awaited {
    Done answer{};
    std::uint32_t parts_come = 0;
    std::uint32_t parts_due = 0;
    bool numbered = false;
  };

  void finish_if_complete(base::Handle handle, const Awaited& awaited);

  base::SlotMap<Awaited> awaited_;
  std::vector<Done> done_;
};

}  // namespace engine
