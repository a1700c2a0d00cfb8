// Session key: a session and a room as one text, by which what waits for both is found.
//
// The keys of a session begin alike, and are neighbours in an ordered map. Pure, any thread.
#pragma once

#include <string>
#include <string_view>

#include "engine/session/session.h"

namespace app {

// Without a name: what all keys of the session begin with.
std::string session_key(engine::SessionId session, std::string_view name = {});

// Drops what waits for the session; returns how many entries that were.
template <typename Map>
std::size_t erase_session(Map& map, engine::SessionId session) {
  const std::string prefix = session_key(session);
  std::size_t erased = 0;
  auto at = map.lower_bound(prefix);
  for (; at != map.end() && at->first.starts_with(prefix); ++erased) at = map.erase(at);
  return erased;
}

}  // namespace app
