// Operations of the uring driver's own: kinds that no Tag uses, so that they never leave the
// driver.
//
// Today there is one: putting a socket that is to be connected into a ring's table. Plain values,
// any thread; bound: 32 bits of index.
#pragma once

#include <cstdint>

#include "engine/io/tag.h"

namespace engine {

inline constexpr std::uint8_t kInstallKind = 0xFF;

static_assert(kInstallKind >= kOperationKindCount);

// `index`: of the connect under way.
constexpr std::uint64_t pack_install(std::uint32_t index) noexcept {
  return std::uint64_t{kInstallKind} << 56U | index;
}

}  // namespace engine
