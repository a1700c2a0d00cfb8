#include "engine/room/recent_ids.h"

namespace engine {

// A room's name holds no NUL that could make two pairs one: its length comes first.
std::string_view RecentIds::key_of(std::string_view room, std::string_view id) {
  scratch_.clear();
  scratch_ += static_cast<char>(room.size());
  scratch_ += room;
  scratch_ += id;
  return scratch_;
}

std::uint64_t RecentIds::find(std::string_view room, std::string_view id, base::Instant now) {
  while (!log_.empty() && log_.front().at + base::kMessageIdsFor <= now) forget_oldest();
  const auto found = numbers_.find(key_of(room, id));
  if (found == numbers_.end()) return 0;
  counters_.duplicates.add();
  return found->second;
}

void RecentIds::add(std::string_view room, std::string_view id, std::uint64_t number,
                    base::Instant now) {
  if (numbers_.size() >= base::kMessageIdsMost) {
    forget_oldest();
    counters_.evicted.add();
  }
  const auto [place, added] = numbers_.emplace(key_of(room, id), number);
  if (added) log_.push_back({place->first, now});
  counters_.ids.set(numbers_.size());
}

void RecentIds::forget_oldest() {
  const Entry oldest = log_.pop_front();
  numbers_.erase(numbers_.find(oldest.key));
  counters_.ids.set(numbers_.size());
}

}  // namespace engine
