// Fifo: a first-in first-out queue that allocates only to grow, and then never again.
//
// std::deque gives a block back and takes another every few dozen elements; on the data plane that
// is an allocation per so many messages, for ever. This one is a ring that doubles. One thread owns
// it. Bound: the caller's; memory is that of the longest it has been.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>

#include "base/check.h"

namespace base {

template <typename T>
class Fifo {
 public:
  bool empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }

  const T& front() const noexcept {
    CHECK(size_ > 0);
    return slots_[head_];
  }

  const T& back() const noexcept {
    CHECK(size_ > 0);
    return slots_[index(size_ - 1)];
  }

  // The element that so many are in front of.
  const T& at(std::size_t offset) const noexcept {
    DCHECK(offset < size_);
    return slots_[index(offset)];
  }

  void push_back(T value) {
    if (size_ == capacity_) grow();
    slots_[index(size_)] = std::move(value);
    ++size_;
  }

  T pop_front() {
    CHECK(size_ > 0);
    T value = std::move(slots_[head_]);
    head_ = index(1);
    --size_;
    return value;
  }

 private:
  static constexpr std::size_t kFirstSlots = 16;

  std::size_t index(std::size_t offset) const noexcept {
    return (head_ + offset) & (capacity_ - 1);
  }

  void grow() {
    const std::size_t capacity = capacity_ == 0 ? kFirstSlots : 2 * capacity_;
    auto larger = std::make_unique<T[]>(capacity);
    for (std::size_t i = 0; i < size_; ++i) larger[i] = std::move(slots_[index(i)]);
    slots_ = std::move(larger);
    capacity_ = capacity;
    head_ = 0;
  }

  std::unique_ptr<T[]> slots_;
  std::size_t capacity_ = 0;  // A power of two.
  std::size_t head_ = 0;
  std::size_t size_ = 0;
};

}  // namespace base
