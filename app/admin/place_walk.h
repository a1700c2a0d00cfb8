// PlaceWalk: one page of a listing, gathered from shard to shard and from place to place.
//
// Rooms and clients lie in tables of numbered places, of which many may be empty or not asked for:
// a shard looks at some of them in a turn, and is asked again. Pure; where the shards are asked,
// the caller says. Bounds: the entries asked for, kPlacesPerTurn places a turn, kPlacesLookedAt a
// page. The cursor says where the next page goes on.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/gateway_limits.h"
#include "app/rooms/place_cursor.h"

namespace app {

// What one shard has found in a turn.
template <typename Entry>
struct PlaceStep {
  std::vector<Entry> entries{};
  std::uint32_t next_place = 0;
  bool at_end = true;
};

// `places`: how many the table has; `entry_at(place)`: an std::optional of what is listed of it.
template <typename Entry, typename EntryAt>
PlaceStep<Entry> look_at_places(std::uint32_t places, std::uint32_t place, std::size_t most,
                                EntryAt entry_at) {
  PlaceStep<Entry> step;
  const std::uint32_t end =
      places - std::min(places, place) > kPlacesPerTurn ? place + kPlacesPerTurn : places;
  for (; place < end && step.entries.size() < most; ++place) {
    if (std::optional<Entry> entry = entry_at(place)) step.entries.push_back(*std::move(entry));
  }
  step.next_place = place;
  step.at_end = place >= places;
  return step;
}

template <typename Entry>
struct PlaceWalk {
  std::vector<Entry> entries{};
  std::string next{};    // A cursor; empty at the end.
  bool complete = true;  // Every shard that was asked has answered.
};

// `ask(cursor, most)`: an std::optional of the step that a shard takes; nothing when it is silent.
template <typename Entry, typename Ask>
PlaceWalk<Entry> walk_places(std::uint32_t shards, std::string_view from, std::size_t most,
                             Ask ask) {
  PlaceWalk<Entry> walk;
  PlaceCursor cursor = PlaceCursor::parse(from).value_or(PlaceCursor{});
  std::uint32_t looked_at = 0;
  while (cursor.shard < shards) {
    std::optional<PlaceStep<Entry>> step = ask(cursor, most - walk.entries.size());
    walk.complete = walk.complete && step.has_value();
    if (step) std::ranges::move(step->entries, std::back_inserter(walk.entries));
    if (!step || step->at_end) {
      cursor = {.shard = cursor.shard + 1};
      continue;
    }
    looked_at += step->next_place - cursor.place;
    cursor.place = step->next_place;
    if (walk.entries.size() < most && looked_at < kPlacesLookedAt) continue;
    walk.next = cursor.text();
    break;
  }
  return walk;
}

}  // namespace app
