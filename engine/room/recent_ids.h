// RecentIds: which messages a home has numbered lately, by the ids that their publishers gave them,
// so that a retry gets the first one's number instead of being another message.
//
// Threads: the home shard's own. Bounds: kMessageIdsMost ids, each for kMessageIdsFor; past either
// the oldest go, after which a retry would be taken for a new message: counted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/counter.h"
#include "base/fifo.h"
#include "base/limits.h"
#include "base/time.h"
#include "engine/room/name_index.h"

namespace engine {

struct RecentIdCounters {
  base::Gauge ids;
  base::Counter duplicates;
  base::Counter evicted;  // Before their time.
};

class RecentIds {
 public:
  // The number of the message with that id in that room; 0 if none is remembered.
  std::uint64_t find(std::string_view room, std::string_view id, base::Instant now);
  void add(std::string_view room, std::string_view id, std::uint64_t number, base::Instant now);
  const RecentIdCounters& counters() const noexcept { return counters_; }

 private:
  using Numbers = std::unordered_map<std::string, std::uint64_t, NameHash, std::equal_to<>>;
  struct Entry {
    std::string_view key{};  // Of the map's node, which does not move.
    base::Instant at{};
  };

  std::string_view key_of(std::string_view room, std::string_view id);
  void forget_oldest();

  Numbers numbers_;
  base::Fifo<Entry> log_;
  std::string scratch_;
  RecentIdCounters counters_;
};

}  // namespace engine
