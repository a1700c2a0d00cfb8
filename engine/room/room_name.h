// Room names: what is seen of a name, and the tag that keeps rooms of the same name apart.
//
// A name may end with kRoomTagMark and a tag, by which an application separates worlds that must
// not meet: the gateway tags rooms with their tenant. Rules for names and what peers are told see
// only what comes before. Pure functions, any thread. Bound: kRoomNameBytesMax, the tag included.
#pragma once

#include <string_view>

namespace engine {

inline constexpr char kRoomTagMark = '\x01';

constexpr std::string_view without_tag(std::string_view name) noexcept {
  return name.substr(0, name.find(kRoomTagMark));
}

// A name with an empty tag is the application's own: peers are not told of such a room.
constexpr bool is_shown(std::string_view name) noexcept { return !name.ends_with(kRoomTagMark); }

}  // namespace engine
