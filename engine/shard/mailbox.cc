#include "engine/shard/mailbox.h"

#include "base/check.h"

namespace engine {

Mailbox::Mailbox(Reactor& reactor, Lanes& lanes, std::uint32_t shard)
    : reactor_(reactor),
      lanes_(lanes),
      shard_(shard),
      outboxes_(lanes.shards()),
      touched_(lanes.shards(), false) {}

void Mailbox::send(std::uint32_t to, const ShardMessage& message) {
  CHECK(to != shard_);
  CHECK(to < lanes_.shards());
  counters_.sent.add();
  touched_[to] = true;
  if (outboxes_[to].empty() && lanes_.lane(shard_, to).try_push(message)) return;
  counters_.lane_full.add();
  outboxes_[to].push_back(message);
  ++waiting_;
}

void Mailbox::push_waiting(std::uint32_t to) {
  base::Fifo<ShardMessage>& outbox = outboxes_[to];
  while (!outbox.empty() && lanes_.lane(shard_, to).try_push(outbox.front())) {
    outbox.pop_front();
    --waiting_;
    touched_[to] = true;
  }
}

void Mailbox::flush() {
  for (std::uint32_t to = 0; to < lanes_.shards(); ++to) {
    if (waiting_ > 0) push_waiting(to);
    if (!touched_[to]) continue;
    touched_[to] = false;
    if (!lanes_.must_ring(to)) continue;
    reactor_.submit(submit_ring(to));
    counters_.rings.add();
  }
  counters_.waiting.set(waiting_);
}

void Mailbox::drop_waiting() noexcept {
  for (base::Fifo<ShardMessage>& outbox : outboxes_) {
    while (!outbox.empty()) {
      const ShardMessage message = outbox.pop_front();
      if (message.parcel != nullptr) message.parcel->release();
    }
  }
  waiting_ = 0;
}

bool Mailbox::prepare_to_sleep() noexcept {
  lanes_.fall_asleep(shard_);
  for (std::uint32_t from = 0; from < lanes_.shards(); ++from) {
    if (from == shard_ || lanes_.lane(from, shard_).empty()) continue;
    lanes_.wake_up(shard_);
    return false;
  }
  return true;
}

}  // namespace engine
