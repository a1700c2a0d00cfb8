// HttpServer: a well-behaved server for tests, that answers every request as a function says.
//
// The function runs on the server's own threads. Listens on 127.0.0.1, on a new port or on one that
// a SilentPort holds, until it is destroyed; whoever blocks in the function must be let go before.
// Its end waits for kept connections: destroy the client first, or answer `Connection: close`.
#pragma once

#include <httplib.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "base/check.h"

namespace app {

class HttpServer {
 public:
  using Handler = std::function<void(const httplib::Request&, httplib::Response&)>;

  explicit HttpServer(const Handler& handler, std::uint16_t port = 0) {
    server_.Get(".*", handler).Post(".*", handler).Put(".*", handler);
    server_.set_keep_alive_max_count(kCallsPerConnection);
    port_ = port == 0 ? server_.bind_to_any_port("127.0.0.1") : port;
    CHECK(port_ > 0 && (port == 0 || server_.bind_to_port("127.0.0.1", port)));
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    // Before it runs it cannot be stopped.
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~HttpServer() {
    server_.stop();
    thread_.join();
  }
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::string url(const std::string& path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }

 private:
  static constexpr std::size_t kCallsPerConnection = 1'000'000;

  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

}  // namespace app
