// EventClient: a blocking client of native events that joins one room and says the same things in
// it again and again, so that it is the server that is measured and not the client.
//
// One write sends a block of messages. Threads: one. Bound: the socket's buffers hold what is under
// way. What goes wrong is a failed CHECK.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "tests/support/tcp_client.h"

namespace bench {

class EventClient {
 public:
  // Connects, asks for the upgrade, and will send and receive `messages` at a time.
  EventClient(std::uint16_t port, std::size_t messages);

  // Awaits the answer to the upgrade and asks to join; the server must turn before each of these.
  void open();
  // Awaits `connected` and the answer to the joining.
  void join();
  void send() { connection_.send_bytes(block_); }
  void receive();

 private:
  void await(std::string_view event);

  tests::TcpClient connection_;
  std::size_t messages_;
  std::string block_;  // Frames, masked.
  std::string payload_;
};

}  // namespace bench
