#include "app/admin/admin_server.h"

#include <exception>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "app/admin/admin_api.h"
#include "app/admin/admin_http.h"
#include "app/admin/admin_mistakes.h"
#include "app/admin/tls_context.h"
#include "app/gateway_limits.h"
#include "app/service/service_threads.h"
#include "base/check.h"
#include "engine/io/address.h"

namespace app {

namespace {

std::string text_of(const AdminMistake& mistake) {
  const std::string which = mistake.key ? ": key " + std::to_string(*mistake.key + 1) : "";
  return std::string(mistake.setting) + which + ": " + mistake.what;
}

}  // namespace

// What exists between start() and stop(), in the order in which each needs those before it.
struct AdminServer::Running {
  Running(const AdminOptions& options, const engine::Address& address, TlsContext tls,
          Control& control)
      : context(std::move(tls)),
        api({.api_keys = options.api_keys,
             .is_local = is_loopback(address),
             .has_client_authority = !options.client_authority_file.empty()},
            control),
        threads("admin", options.threads + 1, kAdminConnectionsWaitingMost),  // One accepts.
        http(api, threads, context.get()) {}

  TlsContext context;
  AdminApi api;
  ServiceThreads threads;
  AdminHttp http;
};

AdminServer::AdminServer(AdminOptions options, Control& control)
    : options_(std::move(options)), control_(control) {}

AdminServer::~AdminServer() { stop(); }

base::Status AdminServer::start() {
  CHECK(running_ == nullptr);
  const std::vector<AdminMistake> mistakes = admin_mistakes(options_);
  if (!mistakes.empty()) return base::Error{text_of(mistakes.front())};
  const base::Result<engine::Address> address = engine::Address::parse(options_.listen);
  if (!address) return base::Error{"admin.listen: " + address.error().message};
  TlsContext tls;
  if (!options_.certificate_file.empty()) {
    TlsMade made = make_tls_context(options_);
    if (const auto* mistake = std::get_if<TlsMistake>(&made)) {
      return base::Error{std::string(mistake->setting) + " " + mistake->what};
    }
    tls = std::get<TlsContext>(std::move(made));
  }
  try {
    running_ = std::make_unique<Running>(options_, address.value(), std::move(tls), control_);
  } catch (const std::exception& error) {
    return base::Error{"admin: " + std::string(error.what())};
  }
  const base::Result<std::uint16_t> port = running_->http.open(address.value());
  if (!port) {
    running_.reset();
    return base::Error{"admin: " + port.error().message};
  }
  port_ = port.value();
  const bool accepts = running_->threads.run([http = &running_->http] { http->serve(); });
  CHECK(accepts);
  return {};
}

void AdminServer::stop() {
  if (running_ == nullptr) return;
  running_->http.interrupt();
  running_->threads.stop();
  running_.reset();
}

}  // namespace app
