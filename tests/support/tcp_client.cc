#include "tests/support/tcp_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

namespace tests {

namespace {

constexpr int kTimeoutSeconds = 10;
constexpr std::array<char, 4> kMask{'\x37', '\xfa', '\x21', '\x3d'};

// No signal is needed for that: the end of a ring that this thread has opened is enough.
bool was_interrupted(ssize_t result) { return result < 0 && errno == EINTR; }

}  // namespace

TcpClient::TcpClient(std::uint16_t port) : file_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval timeout{.tv_sec = kTimeoutSeconds, .tv_usec = 0};
  setsockopt(file_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  const int one = 1;
  setsockopt(file_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(file_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("cannot connect to port " + std::to_string(port));
  }
}

TcpClient::~TcpClient() {
  if (file_ >= 0) close(file_);
}

TcpClient::TcpClient(TcpClient&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

std::string TcpClient::upgrade(std::string_view target) {
  send_upgrade(target);
  return read_answer();
}

void TcpClient::send_upgrade(std::string_view target) {
  send_bytes("GET " + std::string(target) +
             " HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
             "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
}

std::string TcpClient::read_answer() {
  std::string answer;
  while (!answer.ends_with("\r\n\r\n")) {
    char next = 0;
    if (!read_exactly({&next, 1})) return answer;
    answer += next;
  }
  return answer.substr(0, answer.find("\r\n"));
}

void TcpClient::send_frame(std::uint8_t first_byte, std::string_view payload) {
  std::array<char, 2 + 4 + 125> frame;
  frame[0] = static_cast<char>(first_byte);
  frame[1] = static_cast<char>(0x80U | payload.size());
  for (std::size_t i = 0; i < kMask.size(); ++i) frame[2 + i] = kMask[i];
  for (std::size_t i = 0; i < payload.size(); ++i) {
    frame[6 + i] = static_cast<char>(payload[i] ^ kMask[i % 4]);
  }
  send_bytes({frame.data(), 6 + payload.size()});
}

void TcpClient::send_bytes(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(file_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (was_interrupted(sent)) continue;
    if (sent <= 0) throw std::runtime_error("the server closed the connection");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool TcpClient::read_frame(std::uint8_t& first_byte, std::string& payload) {
  std::array<char, 2> head{};
  if (!read_exactly(head)) return false;
  first_byte = static_cast<std::uint8_t>(head[0]);
  std::size_t size = static_cast<std::uint8_t>(head[1]);
  if (size == 126) {
    std::array<char, 2> length{};
    if (!read_exactly(length)) return false;
    size = static_cast<std::size_t>(static_cast<std::uint8_t>(length[0])) << 8U |
           static_cast<std::uint8_t>(length[1]);
  }
  payload.resize(size);
  return read_exactly(payload);
}

bool TcpClient::read_exactly(std::span<char> out) {
  while (!out.empty()) {
    const ssize_t got = recv(file_, out.data(), out.size(), 0);
    if (was_interrupted(got)) continue;
    if (got <= 0) return false;
    out = out.subspan(static_cast<std::size_t>(got));
  }
  return true;
}

}  // namespace tests
