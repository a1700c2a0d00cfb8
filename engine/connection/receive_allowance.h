// ReceiveAllowance: how much of what has come a turn may hand to the sessions.
//
// The layers above say it each turn and Connections::deliver() keeps to it; the rest waits in its
// buffers, and then in the sockets. It takes chunks while fewer bytes than allowed were taken, so
// it may exceed `bytes` by one chunk.
#pragma once

#include <cstdint>

#include "base/limits.h"

namespace engine {

struct ReceiveAllowance {
  std::uint32_t chunks = base::kReceivesPerTurn;
  std::uint64_t bytes = base::kReceivedBytesPerTurn;
};

}  // namespace engine
