#include "tests/app/admin/certificates.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>

namespace tests {

namespace {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Certificate = std::unique_ptr<X509, Free>;

void must(bool done) {
  if (!done) throw std::runtime_error("OpenSSL cannot make a certificate");
}

void add_extension(X509* certificate, int kind, const char* value) {
  const std::unique_ptr<X509_EXTENSION, Free> extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, kind, value));
  must(extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1);
}

// Signed by `issuer`, or by itself without one.
Certificate make(const std::string& name, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key) {
  Certificate certificate(X509_new());
  X509* const raw = certificate.get();
  static long serial = 0;
  must(X509_set_version(raw, X509_VERSION_3) == 1);
  ASN1_INTEGER_set(X509_get_serialNumber(raw), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(raw), -60);
  X509_gmtime_adj(X509_getm_notAfter(raw), 3600);
  X509_NAME* const subject = X509_get_subject_name(raw);
  must(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                                  reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                                  0) == 1);
  must(X509_set_issuer_name(raw, issuer == nullptr ? subject : X509_get_subject_name(issuer)) == 1);
  must(X509_set_pubkey(raw, key) == 1);
  add_extension(raw, NID_basic_constraints, issuer == nullptr ? "critical,CA:TRUE" : "CA:FALSE");
  if (issuer != nullptr) add_extension(raw, NID_subject_alt_name, "IP:127.0.0.1");
  must(X509_sign(raw, issuer_key, EVP_sha256()) > 0);
  return certificate;
}

using File = std::unique_ptr<std::FILE, Free>;

void write(const std::string& path, X509* certificate) {
  const File file(std::fopen(path.c_str(), "w"));
  must(file != nullptr && PEM_write_X509(file.get(), certificate) == 1);
}

void write(const std::string& path, EVP_PKEY* key) {
  const File file(std::fopen(path.c_str(), "w"));
  must(file != nullptr &&
       PEM_write_PrivateKey(file.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
}

}  // namespace

Certificates::Certificates() {
  std::string pattern = (std::filesystem::temp_directory_path() / "millrace-tls-XXXXXX").string();
  must(::mkdtemp(pattern.data()) != nullptr);
  folder_ = pattern;
  const Key authority_key(EVP_EC_gen("P-256"));
  const Certificate authority =
      make("authority", authority_key.get(), nullptr, authority_key.get());
  const Key other_key(EVP_EC_gen("P-256"));
  const Certificate other = make("other authority", other_key.get(), nullptr, other_key.get());
  write(file("authority.pem"), authority.get());
  for (const char* name : {"server", "client", "stranger"}) {
    const bool is_stranger = std::string(name) == "stranger";
    const Key key(EVP_EC_gen("P-256"));
    const Certificate certificate =
        make(name, key.get(), is_stranger ? other.get() : authority.get(),
             is_stranger ? other_key.get() : authority_key.get());
    write(file(std::string(name) + ".pem"), certificate.get());
    write(file(std::string(name) + ".key"), key.get());
  }
}

Certificates::~Certificates() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace tests
