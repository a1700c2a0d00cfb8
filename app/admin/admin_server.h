// AdminServer: the server API and its pages over HTTP or HTTPS, on an address of its own.
//
// start() and stop() by the thread that owns it; between them it runs on threads of its own, which
// take no signals, and calls Control from several of them at once. stop() ends within a second,
// unless a call of Control takes longer. Bounds: AdminOptions::threads requests at a time,
// kAdminConnectionsWaitingMost connections that wait; what comes on top is refused.
#pragma once

#include <cstdint>
#include <memory>

#include "app/admin/admin_options.h"
#include "app/admin/control.h"
#include "base/result.h"

namespace app {

class AdminServer {
 public:
  // `control` must outlive the server.
  AdminServer(AdminOptions options, Control& control);
  ~AdminServer();  // Stops.
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  // Listens when it returns. The error is for the operator: which option, file or address it is.
  base::Status start();
  void stop();

  // Where it listens, once it was started.
  std::uint16_t port() const noexcept { return port_; }

 private:
  struct Running;

  AdminOptions options_;
  Control& control_;
  std::uint16_t port_ = 0;
  std::unique_ptr<Running> running_;
};

}  // namespace app
