// Handshake: what a session holds while its opening handshake is under way, and not a moment
// longer.
//
// Who connected, the text that has come in, and what the answer will be. Threads: the shard's own.
// Bound: the text to kHandshakeBytesMax plus one receive, by the parser's own limits.
#pragma once

#include <cstdint>
#include <string>

#include "engine/io/peer_address.h"

namespace engine {

struct Handshake {
  PeerAddress peer{};    // Server.
  std::string text{};    // The peer's, as far as it has come; after `pending`, early frames.
  std::size_t held = 0;  // Bytes that it counts for in the memory budget.
  std::string answer{};  // Server: the 101 that admit() will send. Client: the expected key.
};

// A connect that has no connection yet.
struct ConnectRequest {
  std::string host;       // For the Host field.
  std::string target;     // Path and query.
  std::uint64_t context;  // Kept with the session.
};

}  // namespace engine
