// UserHomes: at a user's home shard, which shards have connections of that user, and how many.
//
// A user's home is a function of the name, as a room's is. Users are known by hash alone: where two
// have the same, a message for one asks a shard more, which finds nobody. Threads: the shard's own.
// Bound: an entry for each pair of user and shard that has connections.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace app {

class UserHomes {
 public:
  static std::uint32_t home_of(std::uint64_t user_hash, std::uint32_t shards) noexcept {
    return static_cast<std::uint32_t>((user_hash ^ (user_hash >> 32U)) % shards);
  }

  // The shard has one more connection of a user with that hash. Returns how many all shards have.
  std::uint32_t arrived(std::uint64_t user_hash, std::uint32_t shard);
  void left(std::uint64_t user_hash, std::uint32_t shard);

  // Calls visit(shard) for each that has any. Returns how many those are.
  template <typename Visit>
  std::uint32_t for_shards(std::uint64_t user_hash, Visit&& visit) const {
    std::uint32_t count = 0;
    const auto [begin, end] = shards_.equal_range(user_hash);
    for (auto at = begin; at != end; ++at, ++count) visit(at->second.shard);
    return count;
  }
  std::size_t size() const noexcept { return shards_.size(); }

 private:
  struct Part {
    std::uint32_t shard;
    std::uint32_t connections;
  };

  std::unordered_multimap<std::uint64_t, Part> shards_;
};

}  // namespace app
