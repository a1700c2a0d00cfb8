// NameIndex: from a room's name to its place in the map that holds it; asked when somebody joins,
// never per message.
//
// The names stay where the rooms are: the index holds eight bytes for each, in an open-addressed
// table with linear probing. It is looked things up in and never iterated, so its order cannot
// matter to a replay. Threads: the shard's own. Bound: the rooms of the map; the table doubles when
// it is three quarters full, and does not shrink.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/slot_map.h"

namespace engine {

// FNV-1a: the same on every machine and in every build, so that shards and replays agree.
constexpr std::uint64_t hash_name(std::string_view name) noexcept {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char character : name) {
    hash ^= static_cast<std::uint8_t>(character);
    hash *= 0x100000001B3U;
  }
  return hash;
}

// For standard containers that are asked by view.
struct NameHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view name) const noexcept {
    return static_cast<std::size_t>(hash_name(name));
  }
};

class NameIndex {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  // The place of the room of that name, or kNone. `name_at(place)` is the name of a room that was
  // added and not removed.
  template <typename NameAt>
  std::uint32_t find(std::string_view name, NameAt&& name_at) const {
    if (size_ == 0) return kNone;
    const std::uint32_t hash = folded(name);
    for (std::uint32_t at = hash & mask(); table_[at].place != kNone; at = (at + 1) & mask()) {
      if (table_[at].hash == hash && name_at(table_[at].place) == name) return table_[at].place;
    }
    return kNone;
  }
  // The room of that name in the map that the places are of; null if there is none.
  template <typename Room>
  base::Handle find_in(const base::SlotMap<Room>& rooms, std::string_view name) const {
    return rooms.handle_at(find(name, [&rooms](std::uint32_t place) -> std::string_view {
      return rooms.find(rooms.handle_at(place))->name;
    }));
  }
  // No room of that name may be in it.
  void add(std::string_view name, std::uint32_t place);
  // What was added with that name and place.
  void remove(std::string_view name, std::uint32_t place) noexcept;

  std::uint32_t size() const noexcept { return size_; }

 private:
  struct Entry {
    std::uint32_t hash = 0;
    std::uint32_t place = kNone;
  };

  // All rooms of one home have the same remainder of hash_name(), so other bits are needed here.
  static std::uint32_t folded(std::string_view name) noexcept {
    return static_cast<std::uint32_t>((hash_name(name) * 0x9E3779B97F4A7C15U) >> 32U);
  }
  std::uint32_t mask() const noexcept { return static_cast<std::uint32_t>(table_.size()) - 1; }
  void put(Entry entry) noexcept;
  void grow();

  std::vector<Entry> table_;  // Its size is a power of two.
  std::uint32_t size_ = 0;
};

}  // namespace engine
