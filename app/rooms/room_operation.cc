#include "app/rooms/room_operation.h"

#include <array>

namespace app {

std::string_view name(RoomOperation operation) noexcept {
  constexpr std::array<std::string_view, kRoomOperationCount> kNames{"create", "join", "send",
                                                                     "history", "presence"};
  return kNames[static_cast<std::size_t>(operation)];
}

}  // namespace app
