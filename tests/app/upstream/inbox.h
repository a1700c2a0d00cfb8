// Inbox: what other threads hand to a test, in the order in which it came.
//
// put() from any thread; take() waits, and fails the test when nothing comes for a time that no
// machine, however busy, should need.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace app {

template <typename T>
class Inbox {
 public:
  void put(T value) {
    const std::lock_guard lock(mutex_);
    values_.push_back(std::move(value));
    came_.notify_all();
  }

  T take() {
    std::unique_lock lock(mutex_);
    if (!came_.wait_for(lock, kPatience, [this] { return !values_.empty(); })) {
      ADD_FAILURE() << "nothing came";
      return T{};
    }
    T value = std::move(values_.front());
    values_.pop_front();
    return value;
  }

  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return values_.size();
  }

 private:
  static constexpr std::chrono::seconds kPatience{20};

  mutable std::mutex mutex_;
  std::condition_variable came_;
  std::deque<T> values_;
};

// Whether it comes true before any patience ends.
template <typename Condition>
bool eventually(const Condition& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return true;
}

}  // namespace app
