// for_each_split: feeds a parser the same input, cut in every way that TCP might cut it.
//
// Whole, in two at every position, in three at every pair of positions if the input is short, and
// one byte at a time. Each piece is a heap block of its own size, so that a sanitizer sees a read
// past its end, and the pieces are fresh for each call, since parsers unmask in place.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace tests {

using Bytes = std::vector<std::byte>;
using Pieces = std::vector<Bytes>;

// The input cut before each of the positions, which ascend.
inline Pieces cut(std::span<const std::byte> input, std::span<const std::size_t> positions) {
  Pieces pieces;
  std::size_t begin = 0;
  for (const std::size_t position : positions) {
    const auto piece = input.subspan(begin, position - begin);
    pieces.emplace_back(piece.begin(), piece.end());
    begin = position;
  }
  const auto rest = input.subspan(begin);
  pieces.emplace_back(rest.begin(), rest.end());
  return pieces;
}

// Calls visit(pieces) for each way.
template <typename Visit>
void for_each_split(std::span<const std::byte> input, Visit&& visit) {
  constexpr std::size_t kThreePiecesBytesMax = 48;
  visit(cut(input, {}));
  std::vector<std::size_t> every;
  for (std::size_t first = 1; first < input.size(); ++first) {
    every.push_back(first);
    visit(cut(input, std::vector{first}));
    if (input.size() > kThreePiecesBytesMax) continue;
    for (std::size_t second = first + 1; second < input.size(); ++second) {
      visit(cut(input, std::vector{first, second}));
    }
  }
  if (input.size() > 1) visit(cut(input, every));
}

}  // namespace tests
