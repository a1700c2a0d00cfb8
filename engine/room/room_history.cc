#include "engine/room/room_history.h"

#include <cstring>
#include <utility>

#include "base/check.h"

namespace engine {

std::span<std::byte> RoomHistory::add(KeptMessage message, std::span<const std::byte> bytes) {
  CHECK(message.number > (empty() ? lost_through_ : messages_.back().number));
  message.size = static_cast<std::uint32_t>(bytes.size());
  message.data = std::make_unique_for_overwrite<std::byte[]>(bytes.size());
  if (!bytes.empty()) std::memcpy(message.data.get(), bytes.data(), bytes.size());
  bytes_ += bytes.size();
  const std::span<std::byte> copy{message.data.get(), message.size};
  messages_.push_back(std::move(message));
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
