#include "app/admin/tls_context.h"

#include <openssl/err.h>

#include <array>
#include <utility>

namespace app {

namespace {

TlsMistake mistake(std::string_view setting, const std::string& what) {
  std::array<char, 256> reason{};
  ERR_error_string_n(ERR_get_error(), reason.data(), reason.size());
  ERR_clear_error();
  return {.setting = setting, .what = what + ": " + reason.data()};
}

}  // namespace

TlsMade make_tls_context(const AdminOptions& options) {
  constexpr std::string_view kCertificate = "admin.certificate_file";
  ERR_clear_error();
  TlsContext context(SSL_CTX_new(TLS_server_method()));
  if (context == nullptr) return mistake(kCertificate, "there is no TLS");
  SSL_CTX* const raw = context.get();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (SSL_CTX_use_certificate_chain_file(raw, options.certificate_file.c_str()) != 1) {
    return mistake(kCertificate, "holds no certificate as PEM");
  }
  if (SSL_CTX_use_PrivateKey_file(raw, options.private_key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(raw) != 1) {
    return mistake("admin.private_key_file", "holds no private key of that certificate as PEM");
  }
  if (!options.client_authority_file.empty()) {
    const char* const authority = options.client_authority_file.c_str();
    if (SSL_CTX_load_verify_locations(raw, authority, nullptr) != 1) {
      return mistake("admin.client_authority_file", "holds no certificate as PEM");
    }
    SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return context;
}

}  // namespace app
