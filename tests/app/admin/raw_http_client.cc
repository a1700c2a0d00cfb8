#include "tests/app/admin/raw_http_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace tests {

RawHttpClient::RawHttpClient(std::uint16_t port) {
  descriptor_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{.tv_sec = 10, .tv_usec = 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    ::close(descriptor_);
    throw std::runtime_error("cannot connect");
  }
}

RawHttpClient::~RawHttpClient() { ::close(descriptor_); }

bool RawHttpClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool RawHttpClient::receive() {
  std::array<char, 16384> chunk{};
  const ssize_t size = ::recv(descriptor_, chunk.data(), chunk.size(), 0);
  if (size <= 0) return false;
  received_.append(chunk.data(), static_cast<std::size_t>(size));
  return true;
}

std::string RawHttpClient::read_answer() {
  std::size_t head_end = 0;
  while ((head_end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!receive()) return std::exchange(received_, {});
  }
  constexpr std::string_view kLength = "Content-Length: ";
  const std::size_t length_at = received_.find(kLength);
  std::size_t size = head_end + 4;
  if (length_at < head_end) size += std::stoul(received_.substr(length_at + kLength.size()));
  while (received_.size() < size) {
    if (!receive()) break;
  }
  std::string answer = received_.substr(0, size);
  received_.erase(0, size);
  return answer;
}

std::string RawHttpClient::read_to_end() {
  while (receive()) {
  }
  return std::exchange(received_, {});
}

}  // namespace tests
