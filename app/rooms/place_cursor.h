// PlaceCursor: where a listing that goes from shard to shard goes on: "SHARD.PLACE".
//
// Pure, any thread. What is not one is the beginning. Bound: kPlaceCursorBytesMax.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace app {

struct PlaceCursor {
  std::uint32_t shard = 0;
  std::uint32_t place = 0;

  static PlaceCursor parse(std::string_view text) noexcept;
  std::string text() const;
};

}  // namespace app
