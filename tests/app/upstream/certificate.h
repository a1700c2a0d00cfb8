// Certificate: one for 127.0.0.1 that signs itself, so that nobody trusts it who is not told to.
//
// New with each object, valid for an hour; the file of it that file() names is removed with it.
#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace app {

class Certificate {
 public:
  Certificate();
  ~Certificate();
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  X509* certificate() const noexcept { return certificate_.get(); }
  EVP_PKEY* key() const noexcept { return key_.get(); }
  // The certificate as PEM, for whoever shall trust it.
  const std::string& file() const noexcept { return file_; }

 private:
  struct Cleanup {
    void operator()(X509* certificate) const noexcept { X509_free(certificate); }
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
  };

  std::unique_ptr<EVP_PKEY, Cleanup> key_;
  std::unique_ptr<X509, Cleanup> certificate_;
  std::string file_;
};

}  // namespace app
