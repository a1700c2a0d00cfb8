#include "tests/app/upstream/raw_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "base/check.h"

namespace app {

namespace {

constexpr int kBacklog = 64;
constexpr int kLookMilliseconds = 10;
constexpr int kRequestMilliseconds = 5'000;

// A socket of that port, or of a new one for 0, which others may share.
int bound_socket(std::uint16_t port, std::uint16_t& number) {
  const int file = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  CHECK(file >= 0);
  const int yes = 1;
  CHECK(::setsockopt(file, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof(yes)) == 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  socklen_t size = sizeof(address);
  CHECK(::bind(file, reinterpret_cast<sockaddr*>(&address), size) == 0);
  CHECK(::getsockname(file, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  number = ntohs(address.sin_port);
  return file;
}

bool readable(int file, int milliseconds) {
  pollfd waited{.fd = file, .events = POLLIN, .revents = 0};
  return ::poll(&waited, 1, milliseconds) > 0;
}

constexpr char kTlsHandshake = 0x16;

// How many bytes of `text` the request has; 0 while its head is not complete.
std::size_t request_size(const std::string& text) {
  // Whoever greets in TLS waits for an answer, however wrong.
  if (!text.empty() && text.front() == kTlsHandshake) return text.size();
  const std::size_t head = text.find("\r\n\r\n");
  if (head == std::string::npos) return 0;
  const std::size_t length = text.find("Content-Length: ");
  const std::size_t body =
      length < head ? std::stoul(text.substr(length + sizeof("Content-Length:"))) : 0;
  return head + 4 + body;
}

// All of it: closing a socket with bytes unread would take back what was answered.
bool read_request(int connection) {
  std::string request;
  std::array<char, 4096> bytes{};
  while (request_size(request) == 0 || request.size() < request_size(request)) {
    if (!readable(connection, kRequestMilliseconds)) return false;
    const ssize_t got = ::recv(connection, bytes.data(), bytes.size(), 0);
    if (got <= 0) return false;
    request.append(bytes.data(), static_cast<std::size_t>(got));
  }
  return true;
}

}  // namespace

SilentPort::SilentPort() : file_(bound_socket(0, number_)) {}

SilentPort::~SilentPort() { ::close(file_); }

std::string SilentPort::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(number_) + path;
}

RawServer::RawServer(std::vector<Script> scripts) : scripts_(std::move(scripts)) {
  CHECK(!scripts_.empty());
  std::uint16_t number = 0;
  listener_ = bound_socket(port_.number(), number);
  CHECK(::listen(listener_, kBacklog) == 0);
  thread_ = std::thread([this] { serve(); });
}

RawServer::~RawServer() {
  ending_ = true;
  thread_.join();
  for (const int connection : stalled_) ::close(connection);
  ::close(listener_);
}

void RawServer::serve() {
  while (!ending_) {
    if (!readable(listener_, kLookMilliseconds)) continue;
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection >= 0) answer(connection);
  }
}

void RawServer::answer(int connection) {
  if (!read_request(connection)) {
    ::close(connection);
    return;
  }
  const int number = requests_.fetch_add(1);
  const std::size_t last = scripts_.size() - 1;
  const Script& script = scripts_[std::min(static_cast<std::size_t>(number), last)];
  // The other end may well have gone: that is what some scripts are for.
  static_cast<void>(::send(connection, script.bytes.data(), script.bytes.size(), MSG_NOSIGNAL));
  if (script.then == Then::stall) return stalled_.push_back(connection);
  ::shutdown(connection, SHUT_WR);
  ::close(connection);
}

}  // namespace app
