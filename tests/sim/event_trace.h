// EventTrace: everything that happened in a simulated run, folded into one number.
//
// Two runs of one seed are the same run exactly when their traces agree, so determinism is a test
// and not a hope. Threads: one. Bound: sixteen bytes, however long the run. Order matters: swapping
// two events changes the number.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace sim {

class EventTrace {
 public:
  void note(std::uint64_t word) noexcept {
    hash_ = std::rotl(hash_ ^ word, 23) * 0x9E3779B97F4A7C15U;
    ++words_;
  }
  void note(std::span<const std::byte> bytes) noexcept { note(hash_of(bytes)); }

  std::uint64_t hash() const noexcept { return hash_; }
  std::uint64_t words() const noexcept { return words_; }

  // FNV-1a: enough to tell accidents apart, which is all that a simulation needs.
  static std::uint64_t hash_of(std::span<const std::byte> bytes,
                               std::uint64_t basis = 0xCBF29CE484222325U) noexcept {
    for (const std::byte byte : bytes) {
      basis = (basis ^ std::to_integer<std::uint64_t>(byte)) * 0x100000001B3U;
    }
    return basis;
  }

 private:
  std::uint64_t hash_ = 0;
  std::uint64_t words_ = 0;
};

}  // namespace sim
