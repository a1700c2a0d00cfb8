// LruMap: a map of a bounded size that forgets what was not used for longest.
//
// One thread at a time. Bound: `most` entries; the next one takes the place of the oldest. A
// pointer that find() returned holds until the next put() or erase().
#pragma once

#include <cstddef>
#include <list>
#include <unordered_map>
#include <utility>

#include "base/check.h"

namespace base {

template <typename Key, typename Value, typename Hash>
class LruMap {
 public:
  explicit LruMap(std::size_t most) : most_(most) { CHECK(most > 0); }

  std::size_t size() const noexcept { return places_.size(); }

  // Counts as a use.
  Value* find(const Key& key) {
    const auto place = places_.find(key);
    if (place == places_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, place->second);
    return &place->second->second;
  }

  // Does not.
  const Value* peek(const Key& key) const {
    const auto place = places_.find(key);
    return place == places_.end() ? nullptr : &place->second->second;
  }

  void put(const Key& key, Value value) {
    if (Value* const known = find(key)) {
      *known = std::move(value);
      return;
    }
    if (places_.size() == most_) erase(entries_.back().first);
    entries_.emplace_front(key, std::move(value));
    places_.emplace(key, entries_.begin());
  }

  void erase(const Key& key) {
    const auto place = places_.find(key);
    if (place == places_.end()) return;
    const auto entry = place->second;
    places_.erase(place);  // First: `key` may be the entry's own.
    entries_.erase(entry);
  }

 private:
  using Entries = std::list<std::pair<Key, Value>>;

  std::size_t most_;
  Entries entries_;  // The last used first.
  std::unordered_map<Key, typename Entries::iterator, Hash> places_;
};

}  // namespace base
