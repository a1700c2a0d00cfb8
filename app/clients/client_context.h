// Client context: the number by which the engine's session and the gateway's client know each
// other.
//
// Pure, any thread.
#pragma once

#include <cstdint>

#include "app/clients/clients.h"
#include "base/limits.h"

namespace app {

// The context of native sessions is a client's handle with this bit, which no other has.
inline constexpr std::uint64_t kNativeContext = std::uint64_t{1} << 30U;

constexpr bool is_native(std::uint64_t context) noexcept { return (context & kNativeContext) != 0; }
constexpr std::uint64_t as_context(ClientHandle client) noexcept {
  return std::uint64_t{client.generation} << 32U | kNativeContext | client.index;
}
constexpr ClientHandle as_client(std::uint64_t context) noexcept {
  return {.index = static_cast<std::uint32_t>(context & (kNativeContext - 1)),
          .generation = static_cast<std::uint32_t>(context >> 32U)};
}

static_assert(base::kDescriptorsPerShardMost <= kNativeContext);
static_assert(base::kRoomsPerShardMost <= kNativeContext);

}  // namespace app
