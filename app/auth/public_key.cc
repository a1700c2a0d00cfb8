#include "app/auth/public_key.h"

#include <fmt/format.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <cstddef>
#include <string>

#include "app/auth/openssl_handle.h"
#include "app/gateway_limits.h"

namespace app {

namespace {

struct Curve {
  std::string_view name;          // In a key set.
  std::string_view openssl_name;  // What OpenSSL calls it.
  std::size_t coordinate_bytes;
  KeyKind kind;
};

constexpr std::array<Curve, 3> kCurves{{
    {"P-256", "prime256v1", 32, KeyKind::ec256},
    {"P-384", "secp384r1", 48, KeyKind::ec384},
    {"P-521", "secp521r1", 66, KeyKind::ec521},
}};

base::Error error(std::string text) {
  ERR_clear_error();  // What OpenSSL left behind would be taken for the fault of a later call.
  return base::Error{std::move(text)};
}

const unsigned char* octets_of(std::string_view text) noexcept {
  return reinterpret_cast<const unsigned char*>(text.data());
}

base::Result<KeyKind> rsa_kind(EVP_PKEY* key) {
  const int bits = EVP_PKEY_get_bits(key);
  if (bits < kRsaBitsLeast || bits > kRsaBitsMost) {
    return error(fmt::format("an RSA key of {} bits: it must have from {} to {}", bits,
                             kRsaBitsLeast, kRsaBitsMost));
  }
  return KeyKind::rsa;
}

base::Result<KeyKind> ec_kind(EVP_PKEY* key) {
  std::array<char, 64> group{};
  std::size_t size = 0;
  if (EVP_PKEY_get_group_name(key, group.data(), group.size(), &size) != 1) {
    return error("an EC key on a curve without a name; P-256, P-384 and P-521 are accepted");
  }
  const std::string_view found(group.data(), size);
  for (const Curve& curve : kCurves) {
    if (curve.openssl_name == found) return curve.kind;
  }
  return error(fmt::format(
      "an EC key on the curve {}; P-256 (prime256v1), P-384 and P-521 are accepted", found));
}

base::Result<KeyKind> kind_of(EVP_PKEY* key) {
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
      return rsa_kind(key);
    case EVP_PKEY_EC:
      return ec_kind(key);
    case EVP_PKEY_ED25519:
      return KeyKind::ed25519;
    default:
      break;
  }
  const char* type = EVP_PKEY_get0_type_name(key);
  return error(fmt::format("a key of type {}; RSA, EC and Ed25519 are accepted",
                           type != nullptr ? type : "unknown"));
}

// Ed25519 has no such check: every 32 octets are a key of it.
bool is_sound(EVP_PKEY* key, KeyKind kind) {
  if (kind == KeyKind::ed25519) return true;
  const KeyContextHandle context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  return context != nullptr && EVP_PKEY_public_check(context.get()) == 1;
}

base::Result<Key> key_from(const char* type, OSSL_PARAM_BLD* build) {
  const ParametersHandle parameters(OSSL_PARAM_BLD_to_param(build));
  const KeyContextHandle context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* raw = nullptr;
  if (parameters == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &raw, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1) {
    return error(fmt::format("the numbers of an {} key make no key", type));
  }
  const KeyHandle key(raw);
  return key_of(key.get());
}

}  // namespace

base::Result<Key> key_of(EVP_PKEY* key) {
  const base::Result<KeyKind> kind = kind_of(key);
  if (!kind.ok()) return kind.error();
  if (!is_sound(key, kind.value())) return error("a public key whose numbers do not fit together");
  const BioHandle text(BIO_new(BIO_s_mem()));
  if (text == nullptr || PEM_write_bio_PUBKEY(text.get(), key) != 1) {
    return error("a public key that cannot be written as PEM");
  }
  char* data = nullptr;
  const long size = BIO_get_mem_data(text.get(), &data);
  ERR_clear_error();
  return Key{.kind = kind.value(), .material = std::string(data, static_cast<std::size_t>(size))};
}

base::Result<Key> rsa_key(std::string_view modulus, std::string_view exponent) {
  constexpr std::size_t kModulusBytesMax = kRsaBitsMost / 8;
  if (modulus.size() > kModulusBytesMax || exponent.size() > kModulusBytesMax) {
    return error(fmt::format("an RSA key of more than {} bits", kRsaBitsMost));
  }
  const BigNumberHandle n(BN_bin2bn(octets_of(modulus), static_cast<int>(modulus.size()), nullptr));
  const BigNumberHandle e(
      BN_bin2bn(octets_of(exponent), static_cast<int>(exponent.size()), nullptr));
  const ParametersBuildHandle build(OSSL_PARAM_BLD_new());
  if (n == nullptr || e == nullptr || build == nullptr ||
      OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return error("the numbers of an RSA key cannot be read");
  }
  return key_from("RSA", build.get());
}

base::Result<Key> ec_key(std::string_view curve_name, std::string_view x, std::string_view y) {
  for (const Curve& curve : kCurves) {
    if (curve.name != curve_name) continue;
    if (x.size() != curve.coordinate_bytes || y.size() != curve.coordinate_bytes) {
      return error(fmt::format("a coordinate of a key on {} is not of {} octets", curve.name,
                               curve.coordinate_bytes));
    }
    // SEC 1, 2.3.3: 04, then both coordinates.
    const std::string point = "\x04" + std::string(x) + std::string(y);
    const ParametersBuildHandle build(OSSL_PARAM_BLD_new());
    if (build == nullptr ||
        OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME,
                                        curve.openssl_name.data(),
                                        curve.openssl_name.size()) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                         point.size()) != 1) {
      return error("the numbers of an EC key cannot be read");
    }
    return key_from("EC", build.get());
  }
  return error(fmt::format("the curve {}; P-256, P-384 and P-521 are accepted", curve_name));
}

base::Result<Key> ed25519_key(std::string_view octets) {
  const KeyHandle key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, octets_of(octets), octets.size()));
  if (key == nullptr) return error("an Ed25519 key that is not of 32 octets");
  return key_of(key.get());
}

}  // namespace app
