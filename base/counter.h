// Counter and Gauge: figures that one thread changes and any thread may read at any time.
//
// A shard counts what it does; the metrics page reads it from elsewhere. With a single writer a
// relaxed load and store is enough, which costs what a plain increment costs: no locked
// instruction. Invariant: only the owning thread calls anything but value(). Bound: 2^64.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace base {

class Counter {
 public:
  void add(std::uint64_t amount = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
  }
  std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class Gauge {
 public:
  void set(std::uint64_t value) noexcept { value_.store(value, std::memory_order_relaxed); }
  void add(std::uint64_t amount = 1) noexcept { set(value() + amount); }
  void subtract(std::uint64_t amount = 1) noexcept { set(value() - amount); }
  std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// Counts by power of two: bucket i holds the values of [2^(i-1), 2^i), bucket 0 the zeroes. Coarse,
// cheap and readable from other threads; base/histogram.h is the exact one for a single thread.
class OctaveCounts {
 public:
  static constexpr std::size_t kOctaves = 40;

  void record(std::uint64_t value) noexcept {
    const auto octave = static_cast<std::size_t>(std::bit_width(value));
    buckets_[octave < kOctaves ? octave : kOctaves - 1].add();
    sum_.add(value);
  }
  std::uint64_t bucket(std::size_t octave) const noexcept { return buckets_[octave].value(); }
  std::uint64_t sum() const noexcept { return sum_.value(); }

 private:
  std::array<Counter, kOctaves> buckets_;
  Counter sum_;
};

}  // namespace base
