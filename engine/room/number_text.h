// Number text: a message's number inside the message, written by the home that gives it.
//
// The publisher leaves kNumberTextBytes octets, which are overwritten with spaces and the number in
// decimal digits, right-aligned: JSON allows space before a value. Pure, any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "base/check.h"
#include "base/limits.h"

namespace engine {

inline void write_number(std::span<std::byte> message, std::uint32_t at,
                         std::uint64_t number) noexcept {
  CHECK(at <= message.size() && message.size() - at >= base::kNumberTextBytes);
  std::memset(message.data() + at, ' ', base::kNumberTextBytes);
  std::byte* to = message.data() + at + base::kNumberTextBytes;
  do {
    *--to = static_cast<std::byte>('0' + number % 10);
    number /= 10;
  } while (number > 0);
}

}  // namespace engine
