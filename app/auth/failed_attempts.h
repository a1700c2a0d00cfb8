// FailedAttempts: how often each address failed to authenticate in the current minute.
//
// One per process; any thread, no lock, nothing allocated after it is made: 1 MiB of counters. An
// address counts in two of them, by two keyed hashes, and is throttled when both are at the limit.
// So it is never let off, and one that shares both counters with addresses past the limit is
// throttled with them: of 1,000 such addresses, with a chance of 0.02 %, until the minute ends.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/time.h"
#include "engine/io/peer_address.h"

namespace app {

// What is counted together: an IPv4 address, or the /64 of an IPv6 address, all of which one host
// may use. 0: not known, and only then.
std::uint64_t address_key(const engine::PeerAddress& address) noexcept;

class FailedAttempts {
 public:
  // `per_minute`: the failures that are borne; 0: any number. `seed`: random, so that nobody can
  // choose addresses that share counters with others.
  FailedAttempts(std::uint32_t per_minute, std::uint64_t seed);

  // After a reload.
  void set_per_minute(std::uint32_t failures) noexcept {
    per_minute_.store(failures, std::memory_order_relaxed);
  }

  // An address that is not known never is, and does not count.
  bool throttled(std::uint64_t address_key, base::Instant now) const noexcept;
  void note(std::uint64_t address_key, base::Instant now) noexcept;

 private:
  static constexpr std::size_t kRows = 2;
  // The minute in the upper half, the failures in it in the lower.
  using Slot = std::atomic<std::uint64_t>;

  std::size_t index_of(std::size_t row, std::uint64_t address_key) const noexcept;

  std::atomic<std::uint32_t> per_minute_;
  std::array<std::uint64_t, kRows> seeds_{};
  std::unique_ptr<Slot[]> slots_;
};

}  // namespace app
