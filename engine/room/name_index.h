// NameIndex: from a room's name to its handle; asked when somebody joins, never per message.
//
// It is looked things up in and never iterated, so its order cannot matter to a replay. Threads:
// the shard's own. Bound: the rooms of the map that the handles belong to.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

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

struct NameHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view name) const noexcept {
    return static_cast<std::size_t>(hash_name(name));
  }
};

using NameIndex = std::unordered_map<std::string, base::Handle, NameHash, std::equal_to<>>;

}  // namespace engine
