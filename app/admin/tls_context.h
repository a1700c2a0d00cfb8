// TlsContext: certificate, key and client authority of the admin server, as OpenSSL wants them.
//
// Made once at start, then read by every thread. TLS 1.2 at least; no tickets and no session cache,
// so that a client certificate is looked at on every connection. Errors name the file. Bound: none
// of its own.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "base/result.h"

namespace app {

struct FreeTlsContext {
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
};
using TlsContext = std::unique_ptr<SSL_CTX, FreeTlsContext>;

// With a client authority, clients must show a certificate that it has signed.
base::Result<TlsContext> make_tls_context(const std::string& certificate_file,
                                          const std::string& private_key_file,
                                          const std::string& client_authority_file);

}  // namespace app
