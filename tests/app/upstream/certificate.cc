#include "tests/app/upstream/certificate.h"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "base/check.h"

namespace app {

namespace {

constexpr long kHour = 3'600;
constexpr long kVersion3 = 2;

void add_extension(X509* certificate, int kind, const char* value) {
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
  CHECK(extension != nullptr);
  CHECK(X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

void fill(X509* certificate, EVP_PKEY* key) {
  X509_set_version(certificate, kVersion3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -kHour);
  X509_gmtime_adj(X509_getm_notAfter(certificate), kHour);
  X509_set_pubkey(certificate, key);
  X509_NAME* const name = X509_get_subject_name(certificate);
  const auto* text = reinterpret_cast<const unsigned char*>("millrace test");
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate, NID_subject_alt_name, "IP:127.0.0.1");
  CHECK(X509_sign(certificate, key, EVP_sha256()) > 0);
}

}  // namespace

Certificate::Certificate()
    : key_(EVP_EC_gen("P-256")),
      certificate_(X509_new()),
      file_(testing::TempDir() + "certificate.XXXXXX") {
  CHECK(key_ != nullptr);
  CHECK(certificate_ != nullptr);
  fill(certificate_.get(), key_.get());
  const int descriptor = ::mkstemp(file_.data());
  CHECK(descriptor >= 0);
  std::FILE* const out = ::fdopen(descriptor, "w");
  CHECK(out != nullptr);
  CHECK(PEM_write_X509(out, certificate_.get()) == 1);
  CHECK(std::fclose(out) == 0);
}

Certificate::~Certificate() { ::unlink(file_.c_str()); }

}  // namespace app
