#include "engine/room/room_history.h"

#include <cstring>
#include <utility>

#include "base/check.h"

namespace engine {

std::span<std::byte> RoomHistory::add(std::uint64_t number, protocol::Opcode opcode,
                                      std::span<const std::byte> message) {
  CHECK(number > lost_through_);
  KeptMessage kept{.number = number,
                   .opcode = opcode,
                   .size = static_cast<std::uint32_t>(message.size()),
                   .data = std::make_unique_for_overwrite<std::byte[]>(message.size())};
  if (!message.empty()) std::memcpy(kept.data.get(), message.data(), message.size());
  bytes_ += message.size();
  const std::span<std::byte> copy{kept.data.get(), kept.size};
  messages_.push_back(std::move(kept));
  return copy;
}

void RoomHistory::drop_first() {
  const KeptMessage dropped = messages_.pop_front();
  bytes_ -= dropped.size;
  lost_through_ = dropped.number;
}

// Of the first message whose number is higher.
std::size_t RoomHistory::index_after(std::uint64_t number) const noexcept {
  std::size_t low = 0;
  std::size_t high = messages_.size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (messages_.at(middle).number > number) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

}  // namespace engine
