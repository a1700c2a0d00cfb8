// KeyedWords: one 64-bit word for each key that is in use now, shared by all threads without locks.
//
// A fixed open-addressing table. A word is spent once it is not above a bound that the caller names
// (a bucket that is full again, a tenant that fell silent); the place of a spent word is given to
// the next key that needs one. Bounds: the slots, and kKeyedWordsProbes steps for a look-up. Where
// every place in reach is in use, the key with the least word gives way, and that is counted.
//
// Accuracy: a key keeps its word while it is in use. While a place changes hands a word may miss
// one change, or get one that was another key's; threads whose clocks differ may for a moment hold
// two words for one key.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/mapped_array.h"

namespace app {

class KeyedWords {
 public:
  struct Slot {
    std::atomic<std::uint64_t> key;  // 0: never used.
    std::atomic<std::int64_t> word;
  };

  // `slots`: a power of two.
  explicit KeyedWords(std::uint32_t slots);

  // The key's slot; a spent one or the least is taken for it if it has none.
  Slot& slot(std::uint64_t key, std::int64_t spent) noexcept;
  // nullptr if it has none.
  Slot* find(std::uint64_t key) noexcept;

  // Whether the slot is still the key's, after a change to its word.
  static bool owns(const Slot& slot, std::uint64_t key) noexcept {
    return slot.key.load() == nonzero(key);
  }
  // Keys that lost a word that was not spent: the table is too small for what goes on.
  std::uint64_t takeovers() const noexcept { return takeovers_.load(std::memory_order_relaxed); }

 private:
  static std::uint64_t nonzero(std::uint64_t key) noexcept { return key == 0 ? 1 : key; }
  std::uint32_t home(std::uint64_t key) const noexcept;
  bool claim(std::uint64_t key, std::int64_t spent) noexcept;
  Slot& probe(std::uint32_t home, std::uint32_t step) noexcept;

  base::MappedArray<Slot> slots_;
  std::atomic<std::uint64_t> takeovers_{0};
};

}  // namespace app
