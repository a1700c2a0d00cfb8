#include "app/auth/failed_attempts.h"

#include <chrono>
#include <limits>
#include <span>

#include "app/gateway_limits.h"
#include "base/bytes.h"
#include "base/prng.h"

namespace app {

namespace {

static_assert((kFailedAttemptSlots & (kFailedAttemptSlots - 1)) == 0, "a power of two");

std::uint64_t minute_of(base::Instant now) noexcept {
  const auto minutes = std::chrono::floor<std::chrono::minutes>(now.time_since_epoch()).count();
  return static_cast<std::uint32_t>(minutes);
}

constexpr std::uint64_t minute_in(std::uint64_t slot) noexcept { return slot >> 32; }
constexpr std::uint64_t failures_in(std::uint64_t slot) noexcept { return slot & 0xffff'ffff; }

}  // namespace

std::uint64_t address_key(const engine::PeerAddress& address) noexcept {
  const std::uint64_t high = base::load_big64(std::as_bytes(std::span(address.octets)).data());
  const std::uint64_t low = base::load_big64(std::as_bytes(std::span(address.octets)).data() + 8);
  // Of ::/64 little is in use, ::1 first of all: its addresses are told apart.
  return address.is_ipv4() || high == 0 ? low : high;
}

FailedAttempts::FailedAttempts(std::uint32_t per_minute, std::uint64_t seed)
    : per_minute_(per_minute), slots_(std::make_unique<Slot[]>(kRows * kFailedAttemptSlots)) {
  base::Prng prng(seed);
  for (std::uint64_t& row_seed : seeds_) row_seed = prng.next();
}

std::size_t FailedAttempts::index_of(std::size_t row, std::uint64_t address_key) const noexcept {
  // One step of splitmix64 on each side of the seed spreads every bit over all.
  const std::uint64_t spread = base::Prng(address_key ^ seeds_[row]).next();
  return row * kFailedAttemptSlots + (spread & (kFailedAttemptSlots - 1));
}

bool FailedAttempts::throttled(std::uint64_t address_key, base::Instant now) const noexcept {
  const std::uint32_t most = per_minute_.load(std::memory_order_relaxed);
  if (most == 0 || address_key == 0) return false;
  const std::uint64_t minute = minute_of(now);
  for (std::size_t row = 0; row < kRows; ++row) {
    const std::uint64_t slot = slots_[index_of(row, address_key)].load(std::memory_order_relaxed);
    if (minute_in(slot) < minute || failures_in(slot) < most) return false;
  }
  return true;
}

void FailedAttempts::note(std::uint64_t address_key, base::Instant now) noexcept {
  if (address_key == 0) return;
  const std::uint64_t minute = minute_of(now);
  for (std::size_t row = 0; row < kRows; ++row) {
    Slot& slot = slots_[index_of(row, address_key)];
    std::uint64_t before = slot.load(std::memory_order_relaxed);
    std::uint64_t after = 0;
    do {
      // A thread whose turn began before the minute did counts into the newer one.
      after = minute_in(before) < minute ? (minute << 32 | 1) : before + 1;
      // Full, which is past every limit: it stays as it is.
      if (failures_in(before) == std::numeric_limits<std::uint32_t>::max() &&
          minute_in(before) >= minute) {
        after = before;
      }
    } while (!slot.compare_exchange_weak(before, after, std::memory_order_relaxed));
  }
}

}  // namespace app
