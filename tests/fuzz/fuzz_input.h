// Fuzz input: reads the choices of a fuzz target from the bytes that the fuzzer made up.
//
// The first bytes decide (role, limits, where to cut), the rest is the subject. What is asked for
// beyond the end is zero, so every input is a valid one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tests {

class FuzzInput {
 public:
  FuzzInput(const std::uint8_t* data, std::size_t size)
      : rest_(reinterpret_cast<const std::byte*>(data), size) {}

  std::uint32_t octet() {
    if (rest_.empty()) return 0;
    const auto value = static_cast<std::uint32_t>(rest_.front());
    rest_ = rest_.subspan(1);
    return value;
  }

  std::uint32_t word() {
    const std::uint32_t high = octet() << 24 | octet() << 16;
    return high | octet() << 8 | octet();
  }

  // A copy of its own, so that a sanitizer sees what is read past its end.
  std::vector<std::byte> rest() const { return {rest_.begin(), rest_.end()}; }

 private:
  std::span<const std::byte> rest_;
};

}  // namespace tests
