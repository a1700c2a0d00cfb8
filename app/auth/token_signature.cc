#include "app/auth/token_signature.h"

#include <jwt.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include <array>
#include <memory>

#include "app/auth/openssl_handle.h"
#include "app/auth/token_algorithm.h"
#include "base/check.h"

namespace app {

namespace {

using JwtHandle = std::unique_ptr<jwt_t, OpensslFree<jwt_free>>;
using DigestContextHandle = std::unique_ptr<EVP_MD_CTX, OpensslFree<EVP_MD_CTX_free>>;
using EcSignatureHandle = std::unique_ptr<ECDSA_SIG, OpensslFree<ECDSA_SIG_free>>;

const unsigned char* octets_of(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// The hash that the algorithm's name ends with.
const EVP_MD* hash_of(std::string_view algorithm) noexcept {
  if (algorithm.ends_with("256")) return EVP_sha256();
  return algorithm.ends_with("384") ? EVP_sha384() : EVP_sha512();
}

bool secret_fits(const SignedToken& token, const Key& key) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> expected{};
  unsigned int size = 0;
  const unsigned char* made =
      HMAC(hash_of(token.algorithm), key.material.data(), static_cast<int>(key.material.size()),
           octets_of(token.signed_text), token.signed_text.size(), expected.data(), &size);
  return made != nullptr && token.signature.size() == size &&
         CRYPTO_memcmp(token.signature.data(), expected.data(), size) == 0;
}

std::size_t coordinate_bytes(KeyKind kind) noexcept {
  if (kind == KeyKind::ec256) return 32;
  return kind == KeyKind::ec384 ? 48 : 66;
}

// A token has both numbers of the signature side by side (RFC 7518 3.4), OpenSSL wants them in DER.
// Empty when the size is not that of the curve.
std::string ec_signature_as_der(const std::string& signature, KeyKind kind) {
  const std::size_t half = coordinate_bytes(kind);
  if (signature.size() != 2 * half) return {};
  BigNumberHandle r(BN_bin2bn(octets_of(signature), static_cast<int>(half), nullptr));
  BigNumberHandle s(BN_bin2bn(octets_of(signature) + half, static_cast<int>(half), nullptr));
  const EcSignatureHandle pair(ECDSA_SIG_new());
  if (r == nullptr || s == nullptr || pair == nullptr) return {};
  // Both belong to the pair from here on; it refuses none but null.
  if (ECDSA_SIG_set0(pair.get(), r.release(), s.release()) != 1) return {};
  unsigned char* encoded = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &encoded);
  if (size <= 0) return {};
  std::string der(reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(size));
  OPENSSL_free(encoded);
  return der;
}

bool public_key_fits(const SignedToken& token, const Key& key) {
  const BioHandle text(BIO_new_mem_buf(key.material.data(), static_cast<int>(key.material.size())));
  const KeyHandle public_key(PEM_read_bio_PUBKEY(text.get(), nullptr, nullptr, nullptr));
  const DigestContextHandle context(EVP_MD_CTX_new());
  if (public_key == nullptr || context == nullptr) return false;
  const std::string signature =
      key.kind == KeyKind::rsa ? token.signature : ec_signature_as_der(token.signature, key.kind);
  return !signature.empty() &&
         EVP_DigestVerifyInit(context.get(), nullptr, hash_of(token.algorithm), nullptr,
                              public_key.get()) == 1 &&
         EVP_DigestVerify(context.get(), octets_of(signature), signature.size(),
                          octets_of(token.signed_text), token.signed_text.size()) == 1;
}

}  // namespace

namespace detail {

bool libjwt_fits(const SignedToken& token, const Key& key) {
  const std::string text(token.text);  // It wants a zero at the end.
  jwt_t* raw = nullptr;
  const int failure = jwt_decode(&raw, text.c_str(), octets_of(key.material),
                                 static_cast<int>(key.material.size()));
  const JwtHandle decoded(raw);
  ERR_clear_error();
  // It reads the header itself; that it found the same algorithm is what all before relies on.
  return failure == 0 && decoded != nullptr &&
         jwt_alg_str(jwt_get_alg(decoded.get())) == token.algorithm;
}

bool openssl_fits(const SignedToken& token, const Key& key) {
  const bool fits =
      key.kind == KeyKind::secret ? secret_fits(token, key) : public_key_fits(token, key);
  ERR_clear_error();
  return fits;
}

}  // namespace detail

bool signature_fits(const SignedToken& token, const Key& key) {
  CHECK(key_kind_of(token.algorithm) == key.kind);
  return token.is_access_token ? detail::openssl_fits(token, key) : detail::libjwt_fits(token, key);
}

}  // namespace app
