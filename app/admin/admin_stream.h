// AdminStream: one connection of the admin server as the HTTP library reads and writes it, plain or
// TLS, with bounds that the library does not have.
//
// A request must be here kAdminTransferTimeout after it began, however its bytes dribble in; its
// head is kAdminHeadBytesMax at most and its body what begin_body() says; an answer must be taken
// as quickly. Used by the one thread that serves the connection. The descriptor is closed by its
// owner, not here.
#pragma once

#include <openssl/ssl.h>

#include <httplib.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace app {

class AdminStream final : public httplib::Stream {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  // Without a context: plain. The descriptor must not block.
  AdminStream(int descriptor, SSL_CTX* context);
  AdminStream(const AdminStream&) = delete;
  AdminStream& operator=(const AdminStream&) = delete;

  // The TLS handshake, if any.
  bool open();
  // Whether the first byte of a request came in time.
  bool wait_for_request(std::chrono::milliseconds patience);
  void begin_request();
  void begin_body(std::uint64_t bytes);
  // Whether all of the request was read, so that another may follow.
  bool is_request_read() const noexcept { return part_ == Part::body && left_ == 0; }
  // Says goodbye.
  void close();
  // Then reads on for a moment: over unread bytes the kernel takes the last answer back.
  void linger();

  bool is_readable() const override { return true; }  // Reading waits by itself, as writing does.
  bool is_writable() const override { return true; }
  ssize_t read(char* out, std::size_t size) override;
  ssize_t write(const char* bytes, std::size_t size) override;
  void get_remote_ip_and_port(std::string& address, int& port) const override;
  void get_local_ip_and_port(std::string& address, int& port) const override;
  // The library asks only to see whether select() could take it, which is not used here.
  socket_t socket() const override { return 0; }

 private:
  enum class Part : std::uint8_t { head, body };
  enum class Wait : std::uint8_t { read, write };
  struct FreeSession {
    void operator()(SSL* session) const noexcept { SSL_free(session); }
  };

  bool wait(Wait direction, Instant deadline) const;
  // Whether to try again: waits for what the TLS session lacks.
  bool wait_for_session(int result, Instant deadline) const;
  ssize_t receive(char* out, std::size_t size, Instant deadline);
  ssize_t send(const char* bytes, std::size_t size, Instant deadline);

  int descriptor_;
  std::unique_ptr<SSL, FreeSession> session_;
  std::array<char, 4096> buffer_{};
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  Part part_ = Part::head;
  std::uint64_t left_ = 0;  // Of this part of the request.
  bool is_answering_ = false;
  Instant deadline_{};
};

}  // namespace app
