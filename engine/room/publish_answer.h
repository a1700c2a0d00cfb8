// PublishAnswer: what became of a published message, told to its publisher when everybody's turn
// has come.
//
// A member that is in the room when the message's batch is carried to it is matched, its sender
// only where it hears itself. Each matched one is exactly one of queued, conflated and dropped. One
// that leaves before is not counted. Plain value, any thread.
#pragma once

#include <cstdint>

namespace engine {

// Of one shard's members.
struct AnswerPart {
  std::uint32_t queued = 0;     // In their send queues: it goes out unless the connection fails.
  std::uint32_t conflated = 0;  // In a `latest` room, held back for one that lags: it gets this or
                                // the newer value that took its place.
  std::uint32_t dropped = 0;    // Left out of an `ephemeral` room, or their queue was full and they
                                // are closed with 1013, or they were being closed already.

  std::uint32_t matched() const noexcept { return queued + conflated + dropped; }
};

struct PublishAnswer {
  std::uint64_t number = 0;  // In its room; 0: the room had ended, nobody was matched.
  AnswerPart members{};      // Of all shards.
  std::uint32_t remote = 0;  // Those matched on other shards than the publisher's.
  bool duplicate = false;    // A message with its id was numbered before: with this number.
  bool known = true;         // False: too many answers were awaited; the message went its way.
};

}  // namespace engine
