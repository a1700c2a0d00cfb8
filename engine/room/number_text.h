// NumberText: writes a message's number inside the message, as the home that gives it does.
//
// The publisher leaves kNumberTextBytes octets, which are overwritten with spaces and the number in
// decimal digits, right-aligned: JSON allows space before a value. It keeps what it wrote last,
// because a message is numbered in the room's history and again in the batch. One thread owns it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "base/check.h"
#include "base/limits.h"

namespace engine {

class NumberText {
 public:
  NumberText() noexcept { make(0); }

  void write(std::span<std::byte> message, std::uint32_t at, std::uint64_t number) noexcept {
    CHECK(at <= message.size() && message.size() - at >= base::kNumberTextBytes);
    if (number != number_) change_to(number);
    std::memcpy(message.data() + at, text_.data(), text_.size());
  }

 private:
  // Mostly it is the next in the same room.
  void change_to(std::uint64_t number) noexcept {
    const bool is_next = number > number_ && number - number_ == 1;
    if (!is_next || text_.back() == '9') return make(number);
    number_ = number;
    ++text_.back();
  }

  void make(std::uint64_t number) noexcept {
    number_ = number;
    text_.fill(' ');
    char* to = text_.data() + text_.size();
    do {
      *--to = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number > 0);
  }

  std::uint64_t number_ = 0;
  std::array<char, base::kNumberTextBytes> text_;
};

}  // namespace engine
