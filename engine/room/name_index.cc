#include "engine/room/name_index.h"

#include <utility>

#include "base/check.h"

namespace engine {

namespace {

constexpr std::size_t kEntriesLeast = 16;

}  // namespace

void NameIndex::add(std::string_view name, std::uint32_t place) {
  if ((std::size_t{size_} + 1) * 4 > table_.size() * 3) grow();
  put({.hash = folded(name), .place = place});
  ++size_;
}

void NameIndex::put(Entry entry) noexcept {
  std::uint32_t at = entry.hash & mask();
  while (table_[at].place != kNone) at = (at + 1) & mask();
  table_[at] = entry;
}

void NameIndex::grow() {
  std::vector<Entry> before(table_.empty() ? kEntriesLeast : table_.size() * 2);
  before.swap(table_);
  for (const Entry& entry : before) {
    if (entry.place != kNone) put(entry);
  }
}

// Entries that were put behind the gap because theirs was taken move up, so that every entry is
// found by walking from where its hash says, up to the first gap.
void NameIndex::remove(std::string_view name, std::uint32_t place) noexcept {
  CHECK(size_ > 0);
  std::uint32_t gap = folded(name) & mask();
  while (table_[gap].place != place) {
    CHECK(table_[gap].place != kNone);
    gap = (gap + 1) & mask();
  }
  for (std::uint32_t at = (gap + 1) & mask(); table_[at].place != kNone; at = (at + 1) & mask()) {
    const std::uint32_t wanted = table_[at].hash & mask();
    const bool fits_the_gap = ((at - wanted) & mask()) >= ((at - gap) & mask());
    if (!fits_the_gap) continue;
    table_[gap] = table_[at];
    gap = at;
  }
  table_[gap] = {};
  --size_;
}

}  // namespace engine
