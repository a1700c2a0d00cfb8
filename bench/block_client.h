// BlockClient: a blocking WebSocket client that sends and receives a fixed number of equal messages
// at a time, so that it is the server that is measured and not the client.
//
// One write sends a block, one read or a few take one. Messages are binary, of 64 bytes. Threads:
// one. Bound: the socket's buffers hold what is under way. What goes wrong is a failed CHECK.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests/support/tcp_client.h"

namespace bench {

inline constexpr std::size_t kMessageBytes = 64;
// As a server sends it: two bytes of header.
inline constexpr std::size_t kFrameBytes = 2 + kMessageBytes;

class BlockClient {
 public:
  // Connects, asks for the upgrade, and will send and receive `messages` at a time.
  BlockClient(std::uint16_t port, std::string_view target, std::size_t messages);

  // Awaits the answer. Nothing else before.
  void open();
  void send() { connection_.send_bytes(block_); }
  void receive();

 private:
  tests::TcpClient connection_;
  std::string block_;     // Frames, masked.
  std::string received_;  // Room for as many as come back.
};

}  // namespace bench
