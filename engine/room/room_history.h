// RoomHistory: the recent messages of one room, at its home, for members that were away.
//
// Numbers rise but need not be consecutive: messages that are not worth keeping (somebody types)
// have numbers too. Threads: the home shard's own. Bounds: those that its HistoryKeeper enforces.
// Invariant: every message that was to be kept and has a number above lost_through() is here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/fifo.h"
#include "base/time.h"
#include "protocol/opcode.h"

namespace engine {

struct KeptMessage {
  std::uint64_t number = 0;
  protocol::Opcode opcode = protocol::Opcode::text;
  std::uint32_t size = 0;
  std::uint64_t kept = 0;  // How many of all rooms had been kept before.
  base::Instant at{};
  std::unique_ptr<std::byte[]> data{};

  std::span<const std::byte> bytes() const noexcept { return {data.get(), size}; }
};

class RoomHistory {
 public:
  bool empty() const noexcept { return messages_.empty(); }
  std::size_t size() const noexcept { return messages_.size(); }
  std::uint64_t bytes() const noexcept { return bytes_; }
  std::uint64_t lost_through() const noexcept { return lost_through_; }
  std::uint64_t first() const noexcept { return empty() ? 0 : messages_.front().number; }
  const KeptMessage& oldest() const noexcept { return messages_.front(); }

  // A copy of `bytes` is kept as the message's, and returned. Its number is higher than any before.
  std::span<std::byte> add(KeptMessage message, std::span<const std::byte> bytes);
  void drop_first();

  // Calls visit(message) for each with a number in (after, through], from the oldest, until it
  // returns false.
  template <typename Visit>
  void for_each(std::uint64_t after, std::uint64_t through, Visit&& visit) const {
    for (std::size_t i = index_after(after); i < messages_.size(); ++i) {
      if (messages_.at(i).number > through || !visit(messages_.at(i))) return;
    }
  }

 private:
  std::size_t index_after(std::uint64_t number) const noexcept;

  base::Fifo<KeptMessage> messages_;
  std::uint64_t bytes_ = 0;
  std::uint64_t lost_through_ = 0;
};

}  // namespace engine
