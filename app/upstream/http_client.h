// HttpClient: asks other services over HTTP from one service thread, many calls at a time.
//
// Over libcurl: connections are kept and reused, at most `connections_per_host` to one host, and
// calls beyond them wait their turn, each for its timeout at most: how long the other side takes is
// measured from then on, so that a crowd of calls does not look like a slow service. http:// and
// https:// only; follows no redirect, and takes no proxy from the environment. send() may be called
// from any thread. Each call has exactly one answer: on the service thread, or within send() where
// there are too many or the client is ending. An answer must not block or throw, may send() again,
// and must not destroy the client. Bound: kUpstreamQueueMost calls without an answer. A call over a
// kept connection that turns out to be closed is sent once more, on a new one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "app/service/service_thread.h"
#include "app/upstream/http_call.h"

namespace app {

struct HttpClientOptions {
  std::string thread_name = "upstream";
  std::uint32_t connections_per_host = 8;
  // Certificates to trust, as a file of PEM; empty: those of the system.
  std::string trusted_file{};
};

class HttpClient {
 public:
  using Done = std::function<void(HttpAnswer)>;

  explicit HttpClient(const HttpClientOptions& options);
  // Answers what is open with `ended`, and waits for nobody else.
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  void send(HttpCall call, Done done);

  // Calls without an answer.
  std::size_t open_calls() const noexcept;

 private:
  class Loop;

  std::unique_ptr<Loop> loop_;
  ServiceThread thread_;
};

}  // namespace app
