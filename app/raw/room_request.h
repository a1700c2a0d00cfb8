// RoomRequest: what a request for /room?room=R asks for: which rooms, and how to be a member.
//
//   room=R       the room; several: the connection is a member of all, and speaks to the first
//   echo=off     it does not hear its own messages
//   key=K        what its messages are the newest value of, in a `latest` room
//   answers=on   each of its messages is answered with what became of it
//
// Plain value, any thread. Bounds: kRoomsPerRequestMost names of kRoomNameBytesMax.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace app {

struct RoomRequest {
  std::vector<std::string> rooms;  // Each once, in the order of the request.
  std::uint64_t key = 0;
  bool echo = true;
  bool answers = false;

  // The error says, for the client to read, what is wrong with the query.
  static base::Result<RoomRequest> parse(std::string_view query);
};

}  // namespace app
