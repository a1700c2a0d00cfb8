#include "app/rooms/room_pattern.h"

#include <algorithm>

#include "app/gateway_limits.h"

namespace app {

namespace {

constexpr std::string_view kUser = "{user}";
constexpr std::string_view kTenant = "{tenant}";

base::Error error(std::string_view text, std::string_view what) {
  return base::Error{"'" + std::string(text) + "': " + std::string(what)};
}

}  // namespace

base::Result<RoomPattern> RoomPattern::parse(std::string_view text) {
  if (text.empty()) return error(text, "a pattern is not empty; * is every room");
  if (text.size() > kRoomPatternBytesMax) {
    return error(text, "a pattern has at most " + std::to_string(kRoomPatternBytesMax) + " bytes");
  }
  RoomPattern pattern;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t special = std::min(rest.find_first_of("*{}"), rest.size());
    if (special > 0) {
      pattern.pieces_.push_back({.literal = std::string(rest.substr(0, special))});
      rest.remove_prefix(special);
    } else if (rest.front() == '*') {
      pattern.pieces_.push_back({.kind = PieceKind::any});
      rest.remove_prefix(1);
    } else if (rest.starts_with(kUser)) {
      pattern.pieces_.push_back({.kind = PieceKind::user});
      rest.remove_prefix(kUser.size());
    } else if (rest.starts_with(kTenant)) {
      pattern.pieces_.push_back({.kind = PieceKind::tenant});
      rest.remove_prefix(kTenant.size());
    } else {
      return error(text, "braces are for {user} and {tenant}");
    }
  }
  pattern.is_every_room_ = text == "*";
  return pattern;
}

std::string_view RoomPattern::text_of(const Piece& piece, const Names& names) noexcept {
  switch (piece.kind) {
    case PieceKind::user:
      return names.user;
    case PieceKind::tenant:
      return names.tenant;
    case PieceKind::literal:
    case PieceKind::any:
      break;
  }
  return piece.literal;
}

std::size_t RoomPattern::size_of(Pieces part, const Names& names) noexcept {
  std::size_t size = 0;
  for (const Piece& piece : part) size += text_of(piece, names).size();
  return size;
}

bool RoomPattern::begins_with(std::string_view room, Pieces part, const Names& names) noexcept {
  for (const Piece& piece : part) {
    const std::string_view text = text_of(piece, names);
    if (!room.starts_with(text)) return false;
    room.remove_prefix(text.size());
  }
  return true;
}

// The pieces from `begin` to the next star.
RoomPattern::Pieces RoomPattern::part_at(std::size_t begin) const noexcept {
  const Pieces rest = Pieces(pieces_).subspan(begin);
  const auto star = std::ranges::find(rest, PieceKind::any, &Piece::kind);
  return rest.first(static_cast<std::size_t>(star - rest.begin()));
}

bool RoomPattern::pieces_match(std::string_view room, const Names& names) const noexcept {
  Pieces part = part_at(0);
  if (!begins_with(room, part, names)) return false;
  room.remove_prefix(size_of(part, names));
  std::size_t next = part.size();
  if (next == pieces_.size()) return room.empty();
  while (true) {
    part = part_at(next + 1);
    const std::size_t size = size_of(part, names);
    if (size > room.size()) return false;
    next += 1 + part.size();
    // What follows the last star must be the end of the name.
    if (next == pieces_.size()) return begins_with(room.substr(room.size() - size), part, names);
    while (!begins_with(room, part, names)) {
      room.remove_prefix(1);
      if (size > room.size()) return false;
    }
    room.remove_prefix(size);
  }
}

}  // namespace app
