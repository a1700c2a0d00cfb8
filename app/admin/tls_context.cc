#include "app/admin/tls_context.h"

#include <openssl/err.h>

#include <array>
#include <utility>

namespace app {

namespace {

base::Error tls_error(const std::string& what) {
  std::array<char, 256> reason{};
  ERR_error_string_n(ERR_get_error(), reason.data(), reason.size());
  ERR_clear_error();
  return base::Error{what + ": " + reason.data()};
}

}  // namespace

base::Result<TlsContext> make_tls_context(const std::string& certificate_file,
                                          const std::string& private_key_file,
                                          const std::string& client_authority_file) {
  ERR_clear_error();
  TlsContext context(SSL_CTX_new(TLS_server_method()));
  if (context == nullptr) return tls_error("no TLS context");
  SSL_CTX* const raw = context.get();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (SSL_CTX_use_certificate_chain_file(raw, certificate_file.c_str()) != 1) {
    return tls_error("certificate file " + certificate_file);
  }
  if (SSL_CTX_use_PrivateKey_file(raw, private_key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(raw) != 1) {
    return tls_error("private key file " + private_key_file);
  }
  if (!client_authority_file.empty()) {
    if (SSL_CTX_load_verify_locations(raw, client_authority_file.c_str(), nullptr) != 1) {
      return tls_error("client authority file " + client_authority_file);
    }
    SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return context;
}

}  // namespace app
