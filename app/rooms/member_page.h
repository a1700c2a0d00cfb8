// MemberPage: a part of the list of who is in a room.
//
// Plain value, any thread. Bound: as many members as were asked for, kPageEntriesMost at most.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace app {

struct MemberEntry {
  std::string user{}, connection{}, type{};
};
struct MemberPage {
  bool complete = true;
  std::uint64_t count = 0;  // Of the whole room.
  std::vector<MemberEntry> members{};
  std::string next{};  // Cursor of the next page; empty: this was the last.
};

}  // namespace app
