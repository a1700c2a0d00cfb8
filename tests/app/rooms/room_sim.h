// RoomSim: a NativeSim whose clients talk in the room "r", for tests of rooms.
//
// Threads: one. Bound: the test's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/rooms/room_names.h"
#include "tests/app/native/native_sim.h"

namespace app {

class RoomSim : public NativeSim {
 protected:
  std::uint32_t home_of(std::string_view room, std::string_view tenant = "acme") {
    std::string name;
    set_engine_name(name, room, tenant);
    return engine::HomeDirectory::home_of(name, options_.shards);
  }
  void chat(std::size_t peer, const std::string& text) {
    ask_for(peer, "chat:message:send", {{"room", "r"}, {"content", text}});
  }
  std::vector<std::string> chats(std::size_t peer) {
    std::vector<std::string> all;
    for (const Json& each : events(peer, "chat:message:received"))
      all.push_back(each.at("content"));
    return all;
  }
};

}  // namespace app
