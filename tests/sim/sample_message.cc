#include "tests/sim/sample_message.h"

#include <array>
#include <string_view>

#include "base/bytes.h"
#include "base/prng.h"

namespace sim {

namespace {

constexpr std::array<std::uint64_t, 8> kEdges{0, 1, 125, 126, 127, 4096, 65'535, 65'536};
// One, two, three and four octets long.
constexpr std::array<std::string_view, 4> kCharacters{"a", "\u00e9", "\u4e2d", "\U0001f680"};

std::uint64_t draw_size(base::Prng& prng, bool small) {
  if (small) return prng.below(300);
  if (prng.below(4) == 0) return kEdges[prng.below(kEdges.size())];
  return prng.below(std::uint64_t{1} << (1 + prng.below(16)));
}

}  // namespace

SampleMessage sample_message(std::uint64_t number, bool small) {
  base::Prng prng(number);
  SampleMessage message;
  const std::uint64_t size = draw_size(prng, small);
  if (prng.below(2) == 0) {
    while (message.bytes.size() < size) {
      message.bytes.push_back(static_cast<std::byte>(prng.next()));
    }
    return message;
  }
  message.opcode = protocol::Opcode::text;
  while (message.bytes.size() < size) {
    const auto character = base::as_bytes(kCharacters[prng.below(kCharacters.size())]);
    message.bytes.insert(message.bytes.end(), character.begin(), character.end());
  }
  return message;
}

}  // namespace sim
