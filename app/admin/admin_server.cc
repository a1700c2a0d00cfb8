#include "app/admin/admin_server.h"

#include <netinet/in.h>

#include <exception>
#include <string>
#include <utility>
#include <variant>

#include "app/admin/admin_api.h"
#include "app/admin/admin_http.h"
#include "app/admin/tls_context.h"
#include "app/config/gateway_limits.h"
#include "app/service/service_threads.h"
#include "base/check.h"
#include "engine/io/address.h"

namespace app {

namespace {

bool is_loopback(const engine::Address& address) {
  if (address.is_ipv6()) {
    const auto* const ipv6 = reinterpret_cast<const sockaddr_in6*>(address.data());
    return IN6_IS_ADDR_LOOPBACK(&ipv6->sin6_addr);
  }
  const auto* const ipv4 = reinterpret_cast<const sockaddr_in*>(address.data());
  return (ntohl(ipv4->sin_addr.s_addr) >> 24U) == 127;
}

base::Status check(const AdminOptions& options, const engine::Address& address) {
  if (options.threads == 0 || options.threads > kAdminThreadsMost) {
    return base::Error{"admin threads: must be 1 to " + std::to_string(kAdminThreadsMost)};
  }
  if (options.api_keys.size() > kAdminKeysMost) {
    return base::Error{"admin keys: at most " + std::to_string(kAdminKeysMost)};
  }
  for (std::size_t i = 0; i < options.api_keys.size(); ++i) {
    const std::string_view wrong = mistake_of_key(options.api_keys[i]);
    if (wrong.empty()) continue;
    return base::Error{"admin key " + std::to_string(i + 1) + ": " + std::string(wrong)};
  }
  if (options.certificate_file.empty() != options.private_key_file.empty()) {
    return base::Error{"admin TLS: a certificate file and a private key file go together"};
  }
  if (!options.client_authority_file.empty() && options.certificate_file.empty()) {
    return base::Error{"admin TLS: a client authority needs a certificate of the server's own"};
  }
  const bool anybody = options.api_keys.empty() && options.client_authority_file.empty();
  if (anybody && !is_loopback(address)) {
    return base::Error{"admin listen " + address.text() +
                       ": without API keys or a client authority only addresses of this host, such "
                       "as 127.0.0.1, may be listened on"};
  }
  return {};
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
  base::Result<engine::Address> address = engine::Address::parse(options_.listen);
  if (!address) return base::Error{"admin listen: " + address.error().message};
  if (base::Status status = check(options_, address.value()); !status) return status;
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
