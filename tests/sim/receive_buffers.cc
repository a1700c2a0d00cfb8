#include "tests/sim/receive_buffers.h"

#include <algorithm>

#include "base/check.h"
#include "tests/sim/sanitizers.h"

namespace sim {

namespace {

constexpr std::byte kSpoiled{0xDB};

void forbid([[maybe_unused]] std::span<std::byte> bytes) noexcept {
#ifdef MILLRACE_SIM_ASAN
  ASAN_POISON_MEMORY_REGION(bytes.data(), bytes.size());
#endif
}

void allow([[maybe_unused]] std::span<std::byte> bytes) noexcept {
#ifdef MILLRACE_SIM_ASAN
  ASAN_UNPOISON_MEMORY_REGION(bytes.data(), bytes.size());
#endif
}

}  // namespace

ReceiveBuffers::ReceiveBuffers(engine::BufferId first, std::uint32_t count, std::uint32_t bytes)
    : first_(first), memory_(std::size_t{count} * bytes), bytes_(bytes), on_loan_(count, false) {
  CHECK(count > 0);
  CHECK(bytes > 0);
  for (std::uint32_t i = 0; i < count; ++i) {
    free_.push_back(first + i);
    spoil(free_.back());
  }
}

ReceiveBuffers::~ReceiveBuffers() { allow(memory_); }

engine::BufferId ReceiveBuffers::lend() {
  CHECK(!free_.empty());
  const engine::BufferId buffer = free_.front();
  free_.pop_front();
  CHECK(!on_loan_[buffer - first_]);
  on_loan_[buffer - first_] = true;
  ++lent_;
  allow(bytes(buffer));
  return buffer;
}

void ReceiveBuffers::take_back(engine::BufferId buffer) {
  give_back(buffer);
  returned_.pop_back();
  free_.push_front(buffer);
}

void ReceiveBuffers::give_back(engine::BufferId buffer) {
  CHECK(buffer - first_ < on_loan_.size());
  CHECK(on_loan_[buffer - first_]);
  on_loan_[buffer - first_] = false;
  --lent_;
  spoil(buffer);
  returned_.push_back(buffer);
}

void ReceiveBuffers::publish() {
  free_.insert(free_.end(), returned_.begin(), returned_.end());
  returned_.clear();
}

void ReceiveBuffers::spoil(engine::BufferId buffer) noexcept {
  const std::span<std::byte> span = bytes(buffer);
  std::fill(span.begin(), span.end(), kSpoiled);
  forbid(span);
}

}  // namespace sim
