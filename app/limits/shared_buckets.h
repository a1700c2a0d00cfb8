// SharedBuckets: token buckets by key that all shards share, without locks.
//
// Each is one 64-bit word of a KeyedWords: the instant at which it is full again. A key that is at
// rest needs no place, so the table is sized for the keys that are active at one time. Any thread;
// time is handed in. For a key that keeps its place, never more is granted than rate * time +
// burst, however many threads ask; see keyed_words.h for what holds while a place changes hands.
#pragma once

#include <cstdint>

#include "app/limits/keyed_words.h"
#include "app/limits/pace.h"
#include "base/time.h"

namespace app {

class SharedBuckets {
 public:
  // `slots`: a power of two.
  explicit SharedBuckets(std::uint32_t slots) : words_(slots) {}

  // Zero: granted. Else how long until it would be; then nothing was taken.
  base::Duration take(std::uint64_t key, const Pace& pace, double amount,
                      base::Instant now) noexcept;
  // Undoes a take() whose purpose something else refused.
  void give_back(std::uint64_t key, const Pace& pace, double amount) noexcept;

  std::uint64_t takeovers() const noexcept { return words_.takeovers(); }

 private:
  KeyedWords words_;
};

}  // namespace app
