// ReceiveBuffers: the buffers of one size that a simulated driver lends, as the kernel's buffer
// ring does.
//
// A buffer that was given back can be lent again only after publish(), which is the next turn.
// Bytes of a buffer that is not on loan are overwritten and, under AddressSanitizer, out of bounds:
// whoever keeps a span too long reads garbage or stops. Threads: one. Bound: fixed at construction.
// Giving back what is not on loan is a failed CHECK.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "engine/io/completion.h"

namespace sim {

class ReceiveBuffers {
 public:
  // Their ids are `first` and the `count` - 1 that follow.
  ReceiveBuffers(engine::BufferId first, std::uint32_t count, std::uint32_t bytes);
  ReceiveBuffers(const ReceiveBuffers&) = delete;
  ReceiveBuffers& operator=(const ReceiveBuffers&) = delete;
  ~ReceiveBuffers();

  bool empty() const noexcept { return free_.empty(); }
  engine::BufferId lend();
  // The last lent buffer was not needed.
  void take_back(engine::BufferId buffer);
  void give_back(engine::BufferId buffer);
  void publish();

  std::span<std::byte> bytes(engine::BufferId buffer) noexcept {
    return {memory_.data() + std::size_t{buffer - first_} * bytes_, bytes_};
  }
  engine::BufferId first() const noexcept { return first_; }
  std::uint32_t bytes_each() const noexcept { return bytes_; }
  std::uint32_t lent() const noexcept { return lent_; }
  // Given back in this turn, not to be had before the next.
  bool unpublished() const noexcept { return !returned_.empty(); }

 private:
  void spoil(engine::BufferId buffer) noexcept;

  engine::BufferId first_;
  std::vector<std::byte> memory_;
  std::uint32_t bytes_;
  std::vector<bool> on_loan_;
  std::deque<engine::BufferId> free_;
  std::vector<engine::BufferId> returned_;
  std::uint32_t lent_ = 0;
};

}  // namespace sim
