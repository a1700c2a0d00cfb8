#include "engine/room/conflation.h"

#include <cstring>

#include "base/check.h"

namespace engine {

void Conflation::note(std::uint64_t key, std::uint64_t number, const Batch& batch,
                      SessionId withheld_from) {
  open_.push_back({key, number, withheld_from, batch.last_frame()});
}

void Conflation::begin_batch() {
  CHECK(active_.empty());
  std::swap(open_, active_);
  active_kept_ = false;
}

std::uint32_t Conflation::start_lagging(std::uint32_t slot, std::uint64_t last_given) {
  laggards_[slot] = last_given;
  return keep_active();
}

void Conflation::stop_lagging(std::uint32_t slot) {
  laggards_.erase(slot);
  if (laggards_.empty()) clear_values();
}

std::uint32_t Conflation::keep_active() {
  if (active_kept_) return 0;
  active_kept_ = true;
  std::uint32_t gave_way = 0;
  for (const Note& note : active_) gave_way += keep(note) ? 1U : 0U;
  return gave_way;
}

// True when another key had to give way.
bool Conflation::keep(const Note& note) {
  Payload* frame = pool_.allocate(note.frame.size);
  std::memcpy(frame->append(note.frame.size), note.frame.payload->bytes() + note.frame.offset,
              note.frame.size);
  const Value value{note.key, note.number, frame, note.withheld_from};
  if (const auto found = by_key_.find(note.key); found != by_key_.end()) {
    pool_.release(found->second->frame);
    *found->second = value;
    values_.splice(values_.end(), values_, found->second);
    return false;
  }
  const bool full = values_.size() >= keys_max_;
  if (full) {
    pool_.release(values_.front().frame);
    by_key_.erase(values_.front().key);
    values_.pop_front();
  }
  values_.push_back(value);
  by_key_.emplace(note.key, std::prev(values_.end()));
  return full;
}

void Conflation::clear_values() noexcept {
  for (const Value& value : values_) pool_.release(value.frame);
  values_.clear();
  by_key_.clear();
  // A member that begins to lag within this batch has it kept anew.
  active_kept_ = false;
}

}  // namespace engine
