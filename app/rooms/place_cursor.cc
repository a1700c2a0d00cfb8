#include "app/rooms/place_cursor.h"

#include <charconv>

namespace app {

PlaceCursor PlaceCursor::parse(std::string_view text) noexcept {
  PlaceCursor cursor;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, cursor.shard);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '.') return {};
  const auto second = std::from_chars(first.ptr + 1, end, cursor.place);
  return second.ec == std::errc{} && second.ptr == end ? cursor : PlaceCursor{};
}

std::string PlaceCursor::text() const {
  return std::to_string(shard) + "." + std::to_string(place);
}

}  // namespace app
