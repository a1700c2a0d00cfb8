// Request and Answer: what a client asks for before it is a WebSocket, and what it is told.
//
// A Request is a view of text that is gone when the handler returns: copy what is kept. It has been
// parsed strictly, and is at most 16 KiB with at most 64 header fields. Threads: the shard's own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace millrace {

struct RequestHead;  // The library's own.

class Request {
 public:
  explicit Request(const RequestHead& head) noexcept : head_(head) {}
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  std::string_view method() const noexcept;
  // Starts with a slash; still percent-encoded, as is the query, which has no question mark.
  std::string_view path() const noexcept;
  std::string_view query() const noexcept;
  // The first parameter of that name in the query, decoded. A bare name is "".
  std::optional<std::string> parameter(std::string_view name) const;
  // The first header field of that name, in whatever case.
  std::optional<std::string_view> header(std::string_view name) const noexcept;
  // Whether the client offers this subprotocol (RFC 6455 4.1).
  bool offers_subprotocol(std::string_view subprotocol) const noexcept;

 private:
  const RequestHead& head_;
};

// An HTTP response that closes the connection.
struct Response {
  std::uint16_t status = 200;  // 200 to 599; anything else becomes 500.
  std::string content_type = "text/plain; charset=utf-8";
  std::string body{};
};

// What becomes of a request for a WebSocket.
class Answer {
 public:
  enum class Verdict : std::uint8_t { accept, pending, refuse };

  // `context` is kept with the session, for Shard::context(). `subprotocol` must be one that the
  // client offers, and is copied.
  static Answer accept(std::uint64_t context = 0, std::string subprotocol = {}) {
    return {Verdict::accept, context, std::move(subprotocol), {}};
  }
  // The client waits until Shard::admit() or Shard::refuse(); no longer than handshake_timeout.
  static Answer pending(std::uint64_t context = 0, std::string subprotocol = {}) {
    return {Verdict::pending, context, std::move(subprotocol), {}};
  }
  // `reason` is the body, one line for whoever debugs the client.
  static Answer refuse(std::uint16_t status, std::string reason) {
    return {Verdict::refuse, 0, {}, {.status = status, .body = std::move(reason) + "\n"}};
  }

  Verdict verdict;
  std::uint64_t context;
  std::string subprotocol;
  Response response;  // Of a refusal.
};

}  // namespace millrace
