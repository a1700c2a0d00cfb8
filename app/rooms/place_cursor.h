// PlaceCursor: where a listing that goes from shard to shard goes on: "SHARD.PLACE".
//
// Pure, any thread. Bound: kPlaceCursorBytesMax. What is not one is refused: a client that cut one
// would begin again for ever.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace app {

struct PlaceCursor {
  std::uint32_t shard = 0;
  std::uint32_t place = 0;

  static std::optional<PlaceCursor> parse(std::string_view text) noexcept;
  std::string text() const;
};

}  // namespace app
