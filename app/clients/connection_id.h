// ConnectionId: what a connection is called outside of the process: its shard, slot and generation.
//
// The text, such as "c0-1f4-3", is unique for the life of the process and never used again. Plain
// value, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/session/session.h"

namespace app {

struct ConnectionId {
  std::uint32_t shard = 0;
  engine::SessionId session{};

  friend bool operator==(const ConnectionId&, const ConnectionId&) = default;
};

void append_text(std::string& out, const ConnectionId& id);
std::string text(const ConnectionId& id);
// Nothing if it is not what append_text() writes.
std::optional<ConnectionId> parse_connection_id(std::string_view text);

}  // namespace app
