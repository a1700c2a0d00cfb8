// RoomSettings: what a room of the gateway keeps and tells, beyond what the engine's RoomOptions
// say of slow readers; the [rooms] table of the configuration.
//
// Plain values, filled and checked by app/config before anything starts. Any thread may read them
// while they do not change.
#pragma once

#include <cstdint>

#include "base/time.h"

namespace app {

struct RoomSettings {
  // What a room remembers for those who come back: the least of the three decides.
  std::uint32_t history_messages = 100;
  std::uint64_t history_bytes = std::uint64_t{256} << 10;
  base::Duration history_for{std::chrono::minutes{5}};  // 0: no history.
  // Of all rooms together; the history of the room that was quiet longest goes first.
  std::uint64_t history_total_bytes = std::uint64_t{256} << 20;
  // Rooms with more members tell nobody who comes and goes: it would be N events for each of N.
  std::uint32_t presence_members = 1000;
  bool tenant_room = true;  // Everybody of a tenant is in its room from the start.
};

}  // namespace app
