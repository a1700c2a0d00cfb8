// Tag: the typed name that travels with an operation into the kernel and comes back with its
// result.
//
// It packs into the 64 bits of user_data: what kind of operation, which slot it belongs to, and
// which generation of that slot. A completion that arrives after its slot was reused carries an old
// generation; whoever dispatches it drops it and counts it. Plain values, any thread.
#pragma once

#include <cstdint>

namespace engine {

enum class OperationKind : std::uint8_t {
  accept,     // slot: the listener. Yields a descriptor per completion while `more` is set.
              // generation: the caller's own number.
  connect,    // slot: the new descriptor. generation: the caller's own token.
  receive,    // slot: the descriptor. Yields a leased buffer per completion while `more` is set.
  poll,       // slot: the descriptor, which became readable, or ended.
  send,       // slot: the descriptor.
  settle,     // slot: the descriptor of which one operation is to end; only a failure completes.
  cancel,     // slot: the descriptor whose operations are to end.
  close,      // slot: the descriptor; only a failure completes.
  wake,       // Another shard, or another thread, rang our bell.
  ring,       // We rang another shard's bell; only a failure completes. slot: that shard.
  hand_over,  // slot: the descriptor of which another shard is to get its own.
  arrival,    // Another shard handed one over. slot: its ticket; generation: that shard.
};

inline constexpr std::uint8_t kOperationKindCount = 12;

inline constexpr std::uint32_t kGenerationBits = 24;
inline constexpr std::uint32_t kGenerationMask = (std::uint32_t{1} << kGenerationBits) - 1;

struct Tag {
  OperationKind kind;
  std::uint32_t slot;
  std::uint32_t generation;  // The low 24 bits count.

  friend constexpr bool operator==(const Tag&, const Tag&) = default;
};

constexpr std::uint64_t pack_tag(const Tag& tag) noexcept {
  return std::uint64_t{static_cast<std::uint8_t>(tag.kind)} << 56U |
         std::uint64_t{tag.generation & kGenerationMask} << 32U | tag.slot;
}

constexpr Tag unpack_tag(std::uint64_t user_data) noexcept {
  return Tag{.kind = static_cast<OperationKind>(user_data >> 56U),
             .slot = static_cast<std::uint32_t>(user_data),
             .generation = static_cast<std::uint32_t>(user_data >> 32U) & kGenerationMask};
}

}  // namespace engine
