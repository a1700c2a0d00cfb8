#include "app/limits/keyed_words.h"

#include <bit>

#include "app/gateway_limits.h"
#include "base/check.h"

namespace app {

KeyedWords::KeyedWords(std::uint32_t slots) {
  CHECK(std::has_single_bit(slots));
  CHECK(slots >= kKeyedWordsProbes);
  const base::Status opened = slots_.open(slots);
  CHECK(opened.ok());  // Some megabytes of address space, at the start.
}

// The hashes of names differ most in their low bits; a multiplication spreads that to the high
// ones.
std::uint32_t KeyedWords::home(std::uint64_t key) const noexcept {
  const std::uint64_t spread = (key ^ (key >> 32)) * 0x9e3779b97f4a7c15U;
  return static_cast<std::uint32_t>(spread >> 32) & (slots_.size() - 1);
}

KeyedWords::Slot& KeyedWords::probe(std::uint32_t home, std::uint32_t step) noexcept {
  return slots_[(home + step) & (slots_.size() - 1)];
}

KeyedWords::Slot* KeyedWords::find(std::uint64_t key) noexcept {
  key = nonzero(key);
  const std::uint32_t first = home(key);
  for (std::uint32_t step = 0; step < kKeyedWordsProbes; ++step) {
    Slot& slot = probe(first, step);
    if (slot.key.load() == key) return &slot;
  }
  return nullptr;
}

KeyedWords::Slot& KeyedWords::slot(std::uint64_t key, std::int64_t spent) noexcept {
  key = nonzero(key);
  // A claim that fails has lost against another thread, which may have claimed for the same key.
  while (true) {
    if (Slot* slot = find(key)) return *slot;
    claim(key, spent);
  }
}

// A spent word stays as it is: whoever reads it for the new key sees that it is spent.
bool KeyedWords::claim(std::uint64_t key, std::int64_t spent) noexcept {
  const std::uint32_t first = home(key);
  Slot* least = &probe(first, 0);
  for (std::uint32_t step = 0; step < kKeyedWordsProbes; ++step) {
    Slot& slot = probe(first, step);
    std::uint64_t before = slot.key.load();
    if (before == 0 || slot.word.load() <= spent) {
      return slot.key.compare_exchange_strong(before, key);
    }
    if (slot.word.load() < least->word.load()) least = &slot;
  }
  std::uint64_t before = least->key.load();
  std::int64_t word = least->word.load();
  if (!least->key.compare_exchange_strong(before, key)) return false;
  takeovers_.fetch_add(1, std::memory_order_relaxed);
  // What the other key owed is not this one's. If this fails, somebody used the word for the new
  // key already.
  if (word > spent) least->word.compare_exchange_strong(word, spent);
  return true;
}

}  // namespace app
