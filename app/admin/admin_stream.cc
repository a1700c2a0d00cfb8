#include "app/admin/admin_stream.h"

#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>

#include "app/gateway_limits.h"
#include "engine/io/address.h"

namespace app {

namespace {

using std::chrono::steady_clock;

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

void address_of(const sockaddr_storage& storage, std::string& address, int& port) {
  const engine::Address parsed = engine::Address::from_socket_address(storage);
  const std::string text = parsed.text();
  address = text.substr(0, text.rfind(':'));
  port = parsed.port();
}

}  // namespace

AdminStream::AdminStream(int descriptor, SSL_CTX* context) : descriptor_(descriptor) {
  if (context == nullptr) return;
  session_.reset(SSL_new(context));
  if (session_ != nullptr) SSL_set_fd(session_.get(), descriptor);
}

bool AdminStream::open() {
  if (session_ == nullptr) return true;
  const Instant deadline = steady_clock::now() + kAdminTransferTimeout;
  for (;;) {
    ERR_clear_error();
    const int result = SSL_accept(session_.get());
    if (result == 1) return true;
    if (!wait_for_session(result, deadline)) return false;
  }
}

bool AdminStream::wait_for_request(std::chrono::milliseconds patience) {
  if (begin_ != end_) return true;
  if (session_ != nullptr && SSL_pending(session_.get()) > 0) return true;
  return wait(Wait::read, steady_clock::now() + patience);
}

void AdminStream::begin_request() {
  part_ = Part::head;
  left_ = kAdminHeadBytesMax;
  is_answering_ = false;
  deadline_ = steady_clock::now() + kAdminTransferTimeout;
}

void AdminStream::begin_body(std::uint64_t bytes) {
  part_ = Part::body;
  left_ = bytes;
}

void AdminStream::close() {
  if (session_ != nullptr) SSL_shutdown(session_.get());
  ::shutdown(descriptor_, SHUT_WR);
}

void AdminStream::linger() {
  const Instant deadline = steady_clock::now() + kAdminLingerTime;
  while (wait(Wait::read, deadline)) {
    if (::recv(descriptor_, buffer_.data(), buffer_.size(), 0) <= 0) return;
  }
}

ssize_t AdminStream::read(char* out, std::size_t size) {
  if (left_ == 0) return part_ == Part::head ? -1 : 0;
  if (begin_ == end_) {
    const ssize_t received = receive(buffer_.data(), buffer_.size(), deadline_);
    if (received <= 0) return received;
    begin_ = 0;
    end_ = static_cast<std::size_t>(received);
  }
  const std::size_t most = std::min(size, end_ - begin_);
  const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(most, left_));
  std::copy_n(buffer_.data() + begin_, taken, out);
  begin_ += taken;
  left_ -= taken;
  return static_cast<ssize_t>(taken);
}

ssize_t AdminStream::write(const char* bytes, std::size_t size) {
  if (!is_answering_) {
    is_answering_ = true;
    deadline_ = steady_clock::now() + kAdminTransferTimeout;
  }
  std::size_t sent = 0;
  while (sent < size) {
    const ssize_t result = send(bytes + sent, size - sent, deadline_);
    if (result <= 0) return -1;
    sent += static_cast<std::size_t>(result);
  }
  return static_cast<ssize_t>(size);
}

void AdminStream::get_remote_ip_and_port(std::string& address, int& port) const {
  sockaddr_storage storage{};
  socklen_t size = sizeof(storage);
  if (::getpeername(descriptor_, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return;
  address_of(storage, address, port);
}

void AdminStream::get_local_ip_and_port(std::string& address, int& port) const {
  sockaddr_storage storage{};
  socklen_t size = sizeof(storage);
  if (::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return;
  address_of(storage, address, port);
}

bool AdminStream::wait(Wait direction, Instant deadline) const {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd asked{.fd = descriptor_, .events = POLLIN, .revents = 0};
    if (direction == Wait::write) asked.events = POLLOUT;
    const int ready = ::poll(&asked, 1, static_cast<int>(left.count()));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
  }
}

bool AdminStream::wait_for_session(int result, Instant deadline) const {
  const int error = SSL_get_error(session_.get(), result);
  if (error == SSL_ERROR_WANT_READ) return wait(Wait::read, deadline);
  if (error == SSL_ERROR_WANT_WRITE) return wait(Wait::write, deadline);
  return false;
}

ssize_t AdminStream::receive(char* out, std::size_t size, Instant deadline) {
  for (;;) {
    if (session_ == nullptr) {
      const ssize_t received = ::recv(descriptor_, out, size, 0);
      if (received >= 0) return received;
      if (!would_block() || !wait(Wait::read, deadline)) return -1;
    } else {
      ERR_clear_error();
      const int wanted = static_cast<int>(std::min<std::size_t>(size, INT_MAX));
      const int received = SSL_read(session_.get(), out, wanted);
      if (received > 0) return received;
      if (!wait_for_session(received, deadline)) return -1;
    }
  }
}

ssize_t AdminStream::send(const char* bytes, std::size_t size, Instant deadline) {
  for (;;) {
    if (session_ == nullptr) {
      const ssize_t sent = ::send(descriptor_, bytes, size, MSG_NOSIGNAL);
      if (sent >= 0) return sent;
      if (!would_block() || !wait(Wait::write, deadline)) return -1;
    } else {
      ERR_clear_error();
      const int wanted = static_cast<int>(std::min<std::size_t>(size, INT_MAX));
      const int sent = SSL_write(session_.get(), bytes, wanted);
      if (sent > 0) return sent;
      if (!wait_for_session(sent, deadline)) return -1;
    }
  }
}

}  // namespace app
