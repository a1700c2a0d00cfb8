// DeadlineQueue: deadlines of one common timeout, which therefore fall due in the order they came.
//
// Handshakes, close handshakes and lingering refusals are short-lived and each kind has one
// timeout, so a first-in first-out queue is the whole timer. An entry is a handle; whoever pops it
// asks whether the handle still stands, so nothing is ever removed early. Threads: the shard's own.
// Bound: one entry per connection and state, so at most a few per descriptor.
#pragma once

#include <cstdint>
#include <optional>

#include "base/fifo.h"
#include "base/time.h"

namespace engine {

template <typename Handle>
class DeadlineQueue {
 public:
  explicit DeadlineQueue(base::Duration timeout) : timeout_(timeout) {}

  void push(base::Instant now, const Handle& handle) {
    entries_.push_back({now + timeout_, handle});
  }

  // The oldest entry that is due, if any.
  std::optional<Handle> pop_due(base::Instant now) {
    if (entries_.empty() || entries_.front().due > now) return std::nullopt;
    return entries_.pop_front().handle;
  }

  base::Instant next() const noexcept {
    return entries_.empty() ? base::kForever : entries_.front().due;
  }

 private:
  struct Entry {
    base::Instant due;
    Handle handle;
  };

  base::Duration timeout_;
  base::Fifo<Entry> entries_;
};

}  // namespace engine
