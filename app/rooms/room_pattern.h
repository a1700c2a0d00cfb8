// RoomPattern: which names of rooms an operator means: `*` is any text, `{user}` and `{tenant}` are
// the asker's own name and tenant, all else is itself.
//
// What somebody is called is compared as it is: a user named "*" fits nothing but "*". Matching
// takes the leftmost fit of each part between two stars and never goes back, so its time is bounded
// by the length of the name times that of the pattern. Immutable, any thread. Bound:
// kRoomPatternBytesMax.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace app {

class RoomPattern {
 public:
  // The error says, for the operator, what is wrong with the text.
  static base::Result<RoomPattern> parse(std::string_view text);

  bool matches(std::string_view room, std::string_view user,
               std::string_view tenant) const noexcept {
    return is_every_room_ || pieces_match(room, {.user = user, .tenant = tenant});
  }
  bool operator==(const RoomPattern&) const = default;

 private:
  enum class PieceKind : std::uint8_t { literal, any, user, tenant };
  struct Piece {
    PieceKind kind = PieceKind::literal;
    std::string literal{};

    bool operator==(const Piece&) const = default;
  };
  using Pieces = std::span<const Piece>;
  struct Names {
    std::string_view user, tenant;
  };

  static std::string_view text_of(const Piece& piece, const Names& names) noexcept;
  static std::size_t size_of(Pieces part, const Names& names) noexcept;
  static bool begins_with(std::string_view room, Pieces part, const Names& names) noexcept;
  Pieces part_at(std::size_t begin) const noexcept;
  bool pieces_match(std::string_view room, const Names& names) const noexcept;

  std::vector<Piece> pieces_;
  bool is_every_room_ = false;
};

}  // namespace app
