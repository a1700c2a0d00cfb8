// TcpClient: a blocking WebSocket client for tests, written against RFC 6455 and not against our
// engine's client side, so that the two cannot agree on the same mistake.
//
// One thread. A read that takes longer than the timeout fails the test that waits for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tests {

class TcpClient {
 public:
  explicit TcpClient(std::uint16_t port);
  ~TcpClient();
  TcpClient(TcpClient&& other) noexcept;
  TcpClient& operator=(TcpClient&&) = delete;
  TcpClient(const TcpClient&) = delete;
  TcpClient& operator=(const TcpClient&) = delete;

  // Sends an upgrade request. Returns the status line of the answer.
  std::string upgrade(std::string_view target);
  // The same in two steps, for whoever must let the server work in between.
  void send_upgrade(std::string_view target);
  std::string read_answer();
  // Masked, of at most 125 bytes of payload.
  void send_frame(std::uint8_t first_byte, std::string_view payload);
  void send_bytes(std::string_view bytes);

  // The next unmasked frame's payload, at most 65535 bytes; `first_byte` gets its first octet.
  // Nothing allocates while `payload` has the capacity.
  bool read_frame(std::uint8_t& first_byte, std::string& payload);
  // The next bytes, whatever they are; false when fewer came before the end or the timeout.
  bool read_exactly(std::span<char> out);

 private:
  int file_ = -1;
};

}  // namespace tests
