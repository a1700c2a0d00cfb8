// TlsContext: certificate, key and client authority of the admin server, as OpenSSL wants them.
//
// Made once at start, then read by every thread. TLS 1.2 at least; no tickets and no session cache,
// so that a client certificate is looked at on every connection. Errors name the setting.
// Bound: none of its own.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "app/admin/admin_options.h"

namespace app {

struct FreeTlsContext {
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};
using TlsContext = std::unique_ptr<SSL_CTX, FreeTlsContext>;

// Which setting of [admin] does not fit, and why.
struct TlsMistake {
  std::string_view setting{};
  std::string what{};
};
using TlsMade = std::variant<TlsContext, TlsMistake>;

// Of `options`: the files, of which certificate and private key are named. With a client authority,
// clients must show a certificate that it has signed.
TlsMade make_tls_context(const AdminOptions& options);

}  // namespace app
