// Mailbox: a shard's end of all its lanes: what it sends to the others and what they send to it.
//
// send() never fails and never blocks: what a full lane does not take waits here, in order, and
// congested() tells the shard to stop reading from its peers until it is gone. flush() rings each
// shard that got something and sleeps, once per turn.
// Threads: the shard's own. Bounds: kLaneMessagesPerTurn taken from each lane a turn; a shard
// that is congested takes no input of its own, but as a room's home it still forwards what other
// shards send it, so what waits for one slow shard is bounded only by what the others may publish.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/counter.h"
#include "base/fifo.h"
#include "engine/reactor/reactor.h"
#include "engine/shard/lanes.h"

namespace engine {

struct MailboxCounters {
  base::Counter sent;
  base::Counter received;
  base::Counter rings;
  base::Counter lane_full;
  base::Gauge waiting;
};

class Mailbox {
 public:
  Mailbox(Reactor& reactor, Lanes& lanes, std::uint32_t shard);

  void send(std::uint32_t to, const ShardMessage& message);

  // Calls `sink(message)` for what came in, fairly over the lanes.
  template <typename Sink>
  StepResult drain(Sink&& sink) {
    bool more = false;
    for (std::uint32_t word = 0; word < lanes_.words(); ++word) {
      std::uint64_t senders =
          lanes_.take_announced(shard_, word) | std::exchange(unfinished_[word], 0);
      for (; senders != 0; senders &= senders - 1) {
        const std::uint32_t bit = static_cast<std::uint32_t>(std::countr_zero(senders));
        Lane& lane = lanes_.lane(word * 64 + bit, shard_);
        const std::uint32_t taken = lane.drain(base::kLaneMessagesPerTurn, sink);
        counters_.received.add(taken);
        if (taken < base::kLaneMessagesPerTurn) continue;
        unfinished_[word] |= std::uint64_t{1} << bit;
        more = true;
      }
    }
    return more ? StepResult::more : StepResult::done;
  }
  void flush();

  // Releases what waits; when the group ends.
  void drop_waiting() noexcept;

  // What it takes to remember the messages that no lane has taken; their parcels count elsewhere.
  std::uint64_t waiting_bytes() const noexcept { return waiting_ * sizeof(ShardMessage); }
  bool congested() const noexcept { return waiting_ > 0; }
  // False when a message is in a lane already.
  bool prepare_to_sleep() noexcept;
  void woke_up() noexcept { lanes_.wake_up(shard_); }

  const MailboxCounters& counters() const noexcept { return counters_; }

 private:
  void touch(std::uint32_t to);
  void push_waiting(std::uint32_t to);

  Reactor& reactor_;
  Lanes& lanes_;
  std::uint32_t shard_;
  std::vector<base::Fifo<ShardMessage>> outboxes_;  // By receiving shard.
  std::vector<bool> touched_;                       // Got something this turn,
  std::vector<std::uint32_t> touched_list_;         // the same as a list.
  std::array<std::uint64_t, (base::kShardsMost + 63) / 64> unfinished_{};  // Lanes not yet emptied.
  std::uint64_t waiting_ = 0;
  MailboxCounters counters_;
};

}  // namespace engine
