// AdminHttp: the HTTP library's server with connections of our own (AdminStream), which carries
// requests to AdminApi and its answers back.
//
// Threads: serve() runs on one of ServiceThreads and hands each connection to another; a connection
// beyond their bound is told 503 at once. interrupt() from any thread. Every error, also those that
// the library finds by itself, is a problem (problem.h).
#pragma once

#include <openssl/ssl.h>

#include <httplib.h>

#include <atomic>
#include <cstdint>
#include <thread>

#include "app/admin/admin_api.h"
#include "app/admin/admin_stream.h"
#include "app/admin/open_connections.h"
#include "app/service/service_threads.h"
#include "base/result.h"
#include "engine/io/address.h"

namespace app {

class AdminHttp final : public httplib::Server {
 public:
  // `context` is null for plain HTTP. All must outlive the server.
  AdminHttp(AdminApi& api, ServiceThreads& threads, SSL_CTX* context);
  ~AdminHttp() override;

  // Returns the port, which the kernel chooses when the address has none.
  base::Result<std::uint16_t> open(const engine::Address& address);
  // Accepts until interrupt().
  void serve();
  // Wakes everything that waits: serve() and connections. Requests that are being carried out get
  // their answers.
  void interrupt();

 private:
  bool process_and_close_socket(socket_t descriptor) override;
  void serve_connection(int descriptor);
  // Whether an answer is on its way when it returns.
  bool serve_requests(int descriptor, AdminStream& stream);
  void refuse_connection(int descriptor) const;
  void prepare(httplib::Request& request, AdminStream& stream) const;
  void set_handlers();
  void answer(const httplib::Request& request, httplib::Response& response);

  AdminApi& api_;
  ServiceThreads& threads_;
  SSL_CTX* context_;
  OpenConnections connections_;
  int listener_ = -1;
  std::atomic<bool> is_ending_{false};
  std::thread::id accepting_thread_;
};

}  // namespace app
