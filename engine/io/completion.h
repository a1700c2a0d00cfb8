// Completion: what came of a submission, as plain data.
//
// `result` is a count of bytes, a descriptor, or a negated errno that outcome.h names. A receive
// that yielded bytes lends a buffer: whoever takes the completion gives it back to the driver once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "engine/io/tag.h"

namespace engine {

// Names a receive buffer on loan from the driver.
using BufferId = std::uint32_t;

inline constexpr BufferId kNoBuffer = UINT32_MAX;

struct Completion {
  Tag tag{};
  std::int32_t result = 0;
  bool more = false;        // The operation goes on; false is its last word.
  bool has_buffer = false;  // `buffer` is on loan and `data` points into it.
  bool cramped = false;     // It filled a small buffer, and a large one would have held more.
  BufferId buffer = kNoBuffer;
  std::byte* data = nullptr;

  std::span<std::byte> received() const noexcept {
    return {data, has_buffer && result > 0 ? static_cast<std::size_t>(result) : 0};
  }
};

}  // namespace engine
