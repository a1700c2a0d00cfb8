// RetryQueue: which clients are to connect again, and when.
//
// Threads: one shard's. Bound: one entry per client, reserved in advance, so that push() does not
// allocate.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/check.h"
#include "base/time.h"

namespace loadgen {

class RetryQueue {
 public:
  void reserve(std::uint32_t clients) { heap_.reserve(clients); }
  void clear() noexcept { heap_.clear(); }

  void push(base::Instant at, std::uint32_t client) {
    CHECK(heap_.size() < heap_.capacity());
    heap_.push_back({at, client});
    std::push_heap(heap_.begin(), heap_.end(), Later{});
  }

  // When the next one is due; kForever when there is none.
  base::Instant next() const noexcept { return heap_.empty() ? base::kForever : heap_.front().at; }

  // The client that next() is about; there must be one.
  std::uint32_t pop() {
    CHECK(!heap_.empty());
    std::pop_heap(heap_.begin(), heap_.end(), Later{});
    const std::uint32_t client = heap_.back().client;
    heap_.pop_back();
    return client;
  }

 private:
  struct Entry {
    base::Instant at;
    std::uint32_t client;
  };
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const noexcept { return a.at > b.at; }
  };

  std::vector<Entry> heap_;  // The earliest first.
};

}  // namespace loadgen
