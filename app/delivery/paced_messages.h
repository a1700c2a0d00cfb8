// PacedMessages: messages that may wait a moment for others, so that members get them in one send.
//
// What is added within EventOptions::batch_delay goes out together, and the engine makes one batch
// of each room's. Threads: the shard's own. Bound: kPacedBytesMax; beyond it add() says no, and the
// message goes at once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "app/gateway_limits.h"
#include "base/time.h"
#include "engine/room/rooms.h"

namespace app {

struct PacedMessage {
  std::string room{};  // The engine's name.
  engine::SessionId publisher{};
  std::string text{};
  std::string id{};
  std::uint64_t ticket = 0;
  std::uint64_t key = 0;
  std::uint32_t number_at = engine::kNowhere;
  bool keep = false;
  bool echo = true;
};

class PacedMessages {
 public:
  // False when too much waits already.
  bool add(PacedMessage message, base::Instant now, base::Duration delay);
  // Publishes what waits, once it is due.
  void flush_due(engine::Rooms& rooms, base::Instant now) {
    if (due_ <= now) flush(rooms);
  }
  // The same at once.
  void flush(engine::Rooms& rooms);
  base::Instant due() const noexcept { return due_; }

 private:
  std::vector<PacedMessage> waiting_;
  std::size_t bytes_ = 0;
  base::Instant due_ = base::kForever;
};

}  // namespace app
