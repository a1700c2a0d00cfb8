// RoomOperation: what a right to a room is for.
//
// Pure constants, any thread. The names are those of [[access]] rules and of the access service.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace app {

enum class RoomOperation : std::uint8_t { create, join, send, history, presence };
inline constexpr std::size_t kRoomOperationCount = 5;

std::string_view name(RoomOperation operation) noexcept;

}  // namespace app
