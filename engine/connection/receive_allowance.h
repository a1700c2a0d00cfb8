// ReceiveAllowance: how much of what has come a turn may hand to the sessions.
//
// The layers above say it each turn and Connections::deliver() keeps to it; the rest waits in its
// buffers, and then in the sockets. The last chunk of a turn may be handed over in part.
#pragma once

#include <cstdint>

#include "base/limits.h"

namespace engine {

struct ReceiveAllowance {
  std::uint32_t chunks = base::kReceivesPerTurn;
  std::uint64_t bytes = base::kReceivedBytesPerTurn;
};

}  // namespace engine
