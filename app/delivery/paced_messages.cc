#include "app/delivery/paced_messages.h"

#include <utility>

#include "base/bytes.h"

namespace app {

bool PacedMessages::add(PacedMessage message, base::Instant now, base::Duration delay) {
  if (bytes_ + message.text.size() > kPacedBytesMax) return false;
  if (waiting_.empty()) due_ = now + delay;
  bytes_ += message.text.size();
  waiting_.push_back(std::move(message));
  return true;
}

void PacedMessages::flush(engine::Rooms& rooms) {
  for (const PacedMessage& message : waiting_) {
    // A sender that has left meanwhile has been told that its message is on its way.
    rooms.publish_to(message.room, message.publisher, protocol::Opcode::text,
                     base::as_bytes(message.text),
                     {.key = message.key,
                      .ticket = message.ticket,
                      .id = message.id,
                      .number_at = message.number_at,
                      .keep = message.keep,
                      .echo = message.echo});
  }
  waiting_.clear();
  bytes_ = 0;
  due_ = base::kForever;
}

}  // namespace app
