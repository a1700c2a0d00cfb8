// AccessQuestion: who wants to do what in which room, as the rules and the access service are
// asked.
//
// Plain value of views, which hold during the call.
#pragma once

#include <string_view>

#include "app/auth/grants.h"
#include "app/rooms/room_operation.h"

namespace app {

struct AccessQuestion {
  std::string_view user{};
  const Grants* grants = nullptr;  // The user's; never null when something is asked.
  RoomOperation operation = RoomOperation::join;
  std::string_view room{};
};

}  // namespace app
