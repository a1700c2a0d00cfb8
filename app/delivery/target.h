// Target: for whom a message is, or whom a command is about.
//
// Names are the clients' own, without any prefix. Plain value, any thread.
#pragma once

#include <cstdint>
#include <string>

namespace app {

enum class TargetKind : std::uint8_t { connection, user, tenant, room, everybody };

struct Target {
  TargetKind kind = TargetKind::room;
  std::string tenant{};  // Of user and room; the tenant itself for `tenant`.
  std::string name{};    // Of the connection, user or room.
};

}  // namespace app
