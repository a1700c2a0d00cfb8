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
  touch(to);
  if (outboxes_[to].empty() && lanes_.lane(shard_, to).try_push(message)) return;
  counters_.lane_full.add();
  outboxes_[to].push_back(message);
  ++waiting_;
}

void Mailbox::touch(std::uint32_t to) {
  if (touched_[to]) return;
  touched_[to] = true;
  touched_list_.push_back(to);
}

void Mailbox::push_waiting(std::uint32_t to) {
  base::Fifo<ShardMessage>& outbox = outboxes_[to];
  while (!outbox.empty() && lanes_.lane(shard_, to).try_push(outbox.front())) {
    outbox.pop_front();
    --waiting_;
    touch(to);
  }
}

void Mailbox::flush() {
  for (std::uint32_t to = 0; waiting_ > 0 && to < lanes_.shards(); ++to) push_waiting(to);
  for (const std::uint32_t to : touched_list_) {
    touched_[to] = false;
    lanes_.announce(shard_, to);
    if (!lanes_.must_ring(to)) continue;
    reactor_.submit(submit_ring(to));
    counters_.rings.add();
  }
  touched_list_.clear();
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
  if (!lanes_.anything_announced(shard_)) return true;
  lanes_.wake_up(shard_);
  return false;
}

}  // namespace engine
