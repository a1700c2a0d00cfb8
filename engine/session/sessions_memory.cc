// What the memory budget does to sessions.
#include <algorithm>

#include "engine/session/sessions.h"

namespace engine {

std::uint64_t Sessions::held_for(std::uint32_t slot) const noexcept {
  const protocol::MessageAssembler* assembler = table_[slot].partial.assembler;
  return connections_.queued_cost(slot) + (assembler == nullptr ? 0 : assembler->buffer_bytes());
}

bool Sessions::close_largest() {
  if (slots_used_ == 0) return false;
  std::uint32_t largest = 0;
  std::uint64_t most = 0;
  for (std::uint32_t i = std::min(slots_used_, base::kMemorySweepSlots); i > 0; --i) {
    largest_cursor_ = largest_cursor_ + 1 < slots_used_ ? largest_cursor_ + 1 : 0;
    if (!is_open(largest_cursor_)) continue;
    const std::uint64_t held = held_for(largest_cursor_);
    if (held <= most) continue;
    largest = largest_cursor_;
    most = held;
  }
  if (most < base::kMemoryCloseLeast || !connections_.alive(id_of(largest))) return false;
  Session& session = table_[largest];
  drop_assembler(session);
  connections_.drop_waiting(largest);
  start_closing(id_of(largest), session, SessionState::discarding,
                protocol::CloseCode::try_again_later, "memory full", CloseReason::memory_full);
  return true;
}

}  // namespace engine
