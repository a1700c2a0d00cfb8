// Prng: xoshiro256** seeded through splitmix64; the same seed gives the same numbers for ever.
//
// The only source of randomness in tests, in the simulator and wherever a driver's seed is spread.
// It belongs to one thread, holds 32 bytes and never runs dry. Not for secrets: an observer of its
// numbers can compute the next ones.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "base/check.h"

namespace base {

class Prng {
 public:
  explicit constexpr Prng(std::uint64_t seed) noexcept {
    for (std::uint64_t& word : state_) word = split_mix(seed);
  }

  // Any of the 2^64 numbers, each as likely.
  constexpr std::uint64_t next() noexcept {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // Any number of [0, bound), each as likely: draws that would favour some are drawn again.
  constexpr std::uint64_t below(std::uint64_t bound) noexcept {
    CHECK(bound > 0);
    const std::uint64_t unfair = (0 - bound) % bound;  // 2^64 modulo bound.
    std::uint64_t drawn = next();
    while (drawn < unfair) drawn = next();
    return drawn % bound;
  }

  // True with the given probability; 0 is never, 1 is always.
  constexpr bool chance(double probability) noexcept { return unit() < probability; }

  // A number of [0, 1), with 53 random bits.
  constexpr double unit() noexcept { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

 private:
  static constexpr std::uint64_t split_mix(std::uint64_t& seed) noexcept {
    seed += 0x9e3779b97f4a7c15;
    std::uint64_t mixed = seed;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
  }

  std::array<std::uint64_t, 4> state_{};
};

}  // namespace base
