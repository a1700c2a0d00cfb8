#include "tests/app/auth/token_mint.h"

#include <openssl/ec.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>

#include <array>
#include <map>
#include <vector>

#include "base/check.h"
#include "base/prng.h"

namespace tests {

namespace {

using app::BigNumberHandle;
using app::BioHandle;
using app::KeyKind;

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

using NumbersHandle = std::unique_ptr<BN_CTX, app::OpensslFree<BN_CTX_free>>;
using GroupHandle = std::unique_ptr<EC_GROUP, app::OpensslFree<EC_GROUP_free>>;
using PointHandle = std::unique_ptr<EC_POINT, app::OpensslFree<EC_POINT_free>>;
using DigestHandle = std::unique_ptr<EVP_MD_CTX, app::OpensslFree<EVP_MD_CTX_free>>;
using EcSignatureHandle = std::unique_ptr<ECDSA_SIG, app::OpensslFree<ECDSA_SIG_free>>;

const unsigned char* octets_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string random_octets(base::Prng& prng, std::size_t size) {
  std::string octets;
  for (std::size_t i = 0; i < size; ++i) octets += static_cast<char>(prng.below(256));
  return octets;
}

std::string content_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

SigningKey finish(KeyKind kind, EVP_PKEY* pair) {
  CHECK(pair != nullptr);
  SigningKey key{.kind = kind, .pair = app::KeyHandle(pair)};
  const BioHandle public_text(BIO_new(BIO_s_mem()));
  CHECK(PEM_write_bio_PUBKEY(public_text.get(), pair) == 1);
  key.public_pem = content_of(public_text.get());
  const BioHandle private_text(BIO_new(BIO_s_mem()));
  CHECK(PEM_write_bio_PrivateKey(private_text.get(), pair, nullptr, nullptr, 0, nullptr, nullptr) ==
        1);
  key.private_pem = content_of(private_text.get());
  return key;
}

EVP_PKEY* pair_from(const char* type, OSSL_PARAM_BLD* build) {
  const app::ParametersHandle parameters(OSSL_PARAM_BLD_to_param(build));
  const app::KeyContextHandle context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* pair = nullptr;
  CHECK(EVP_PKEY_fromdata_init(context.get()) == 1);
  CHECK(EVP_PKEY_fromdata(context.get(), &pair, EVP_PKEY_KEYPAIR, parameters.get()) == 1);
  return pair;
}

// The first prime past a number of the seed's, with its two highest bits set so that the product of
// two has all its bits, and with a predecessor that 65,537 does not divide.
BigNumberHandle make_prime(base::Prng& prng, int bits, BN_CTX* context) {
  std::string octets = random_octets(prng, static_cast<std::size_t>(bits) / 8);
  octets.front() = static_cast<char>(0xc0 | octets.front());
  octets.back() = static_cast<char>(octets.back() | 1);
  BigNumberHandle prime(BN_bin2bn(octets_of(octets), static_cast<int>(octets.size()), nullptr));
  while (BN_mod_word(prime.get(), RSA_F4) == 1 ||
         BN_check_prime(prime.get(), context, nullptr) != 1) {
    CHECK(BN_add_word(prime.get(), 2) == 1);
  }
  return prime;
}

const EVP_MD* hash_of(std::string_view algorithm) {
  if (algorithm.ends_with("256")) return EVP_sha256();
  return algorithm.ends_with("384") ? EVP_sha384() : EVP_sha512();
}

std::size_t coordinate_bytes(KeyKind kind) {
  if (kind == KeyKind::ec256) return 32;
  return kind == KeyKind::ec384 ? 48 : 66;
}

std::string side_by_side(const std::string& der, KeyKind kind) {
  const unsigned char* data = octets_of(der);
  const EcSignatureHandle pair(d2i_ECDSA_SIG(nullptr, &data, static_cast<long>(der.size())));
  CHECK(pair != nullptr);
  const std::size_t half = coordinate_bytes(kind);
  std::vector<unsigned char> octets(2 * half);
  CHECK(BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), octets.data(), static_cast<int>(half)) > 0);
  CHECK(BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), octets.data() + half, static_cast<int>(half)) >
        0);
  return {octets.begin(), octets.end()};
}

std::string number_of(const SigningKey& key, const char* parameter, int size) {
  BIGNUM* raw = nullptr;
  CHECK(EVP_PKEY_get_bn_param(key.pair.get(), parameter, &raw) == 1);
  const BigNumberHandle number(raw);
  std::string octets(static_cast<std::size_t>(size > 0 ? size : BN_num_bytes(raw)), '\0');
  CHECK(BN_bn2binpad(raw, reinterpret_cast<unsigned char*>(octets.data()),
                     static_cast<int>(octets.size())) > 0);
  return octets;
}

SigningKey make_key(KeyKind kind, std::uint64_t seed) {
  switch (kind) {
    case KeyKind::secret:
      return make_secret(seed);
    case KeyKind::rsa:
      return make_rsa(seed);
    case KeyKind::ec256:
      return make_ec(seed, "prime256v1");
    case KeyKind::ec384:
      return make_ec(seed, "secp384r1");
    case KeyKind::ec521:
      return make_ec(seed, "secp521r1");
    case KeyKind::ed25519:
      break;
  }
  return make_ed25519(seed);
}

}  // namespace

SigningKey make_secret(std::uint64_t seed, std::size_t size) {
  base::Prng prng(seed);
  return SigningKey{.kind = KeyKind::secret, .secret = random_octets(prng, size)};
}

SigningKey make_rsa(std::uint64_t seed, int bits) {
  base::Prng prng(seed);
  const NumbersHandle context(BN_CTX_new());
  const BigNumberHandle p = make_prime(prng, bits / 2, context.get());
  const BigNumberHandle q = make_prime(prng, bits / 2, context.get());
  const BigNumberHandle n(BN_new());
  const BigNumberHandle e(BN_new());
  const BigNumberHandle order(BN_new());
  const BigNumberHandle d_of_p(BN_new());
  const BigNumberHandle d_of_q(BN_new());
  CHECK(BN_mul(n.get(), p.get(), q.get(), context.get()) == 1);
  CHECK(BN_set_word(e.get(), RSA_F4) == 1);
  CHECK(BN_sub_word(p.get(), 1) == 1 && BN_sub_word(q.get(), 1) == 1);
  CHECK(BN_mul(order.get(), p.get(), q.get(), context.get()) == 1);
  const BigNumberHandle d(BN_mod_inverse(nullptr, e.get(), order.get(), context.get()));
  CHECK(BN_mod(d_of_p.get(), d.get(), p.get(), context.get()) == 1);
  CHECK(BN_mod(d_of_q.get(), d.get(), q.get(), context.get()) == 1);
  CHECK(BN_add_word(p.get(), 1) == 1 && BN_add_word(q.get(), 1) == 1);
  const BigNumberHandle coefficient(BN_mod_inverse(nullptr, q.get(), p.get(), context.get()));
  const app::ParametersBuildHandle build(OSSL_PARAM_BLD_new());
  const std::pair<const char*, const BIGNUM*> numbers[] = {
      {OSSL_PKEY_PARAM_RSA_N, n.get()},
      {OSSL_PKEY_PARAM_RSA_E, e.get()},
      {OSSL_PKEY_PARAM_RSA_D, d.get()},
      {OSSL_PKEY_PARAM_RSA_FACTOR1, p.get()},
      {OSSL_PKEY_PARAM_RSA_FACTOR2, q.get()},
      {OSSL_PKEY_PARAM_RSA_EXPONENT1, d_of_p.get()},
      {OSSL_PKEY_PARAM_RSA_EXPONENT2, d_of_q.get()},
      {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, coefficient.get()}};
  for (const auto& [name, number] : numbers) {
    CHECK(OSSL_PARAM_BLD_push_BN(build.get(), name, number) == 1);
  }
  return finish(KeyKind::rsa, pair_from("RSA", build.get()));
}

SigningKey make_ec(std::uint64_t seed, const char* group_name) {
  base::Prng prng(seed);
  const GroupHandle group(EC_GROUP_new_by_curve_name(OBJ_sn2nid(group_name)));
  CHECK(group != nullptr);
  // 31 octets are below the order of every curve that is used here.
  const std::string octets = random_octets(prng, 31);
  const BigNumberHandle scalar(
      BN_bin2bn(octets_of(octets), static_cast<int>(octets.size()), nullptr));
  const PointHandle point(EC_POINT_new(group.get()));
  CHECK(EC_POINT_mul(group.get(), point.get(), scalar.get(), nullptr, nullptr, nullptr) == 1);
  std::array<unsigned char, 256> encoded{};
  const std::size_t size =
      EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED, encoded.data(),
                         encoded.size(), nullptr);
  const app::ParametersBuildHandle build(OSSL_PARAM_BLD_new());
  CHECK(OSSL_PARAM_BLD_push_utf8_string(build.get(), OSSL_PKEY_PARAM_GROUP_NAME, group_name, 0) ==
        1);
  CHECK(OSSL_PARAM_BLD_push_BN(build.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar.get()) == 1);
  CHECK(OSSL_PARAM_BLD_push_octet_string(build.get(), OSSL_PKEY_PARAM_PUB_KEY, encoded.data(),
                                         size) == 1);
  const int degree = EC_GROUP_get_degree(group.get());
  KeyKind kind = KeyKind::ec256;
  if (degree > 256) kind = degree == 384 ? KeyKind::ec384 : KeyKind::ec521;
  return finish(kind, pair_from("EC", build.get()));
}

SigningKey make_ed25519(std::uint64_t seed) {
  base::Prng prng(seed);
  const std::string octets = random_octets(prng, 32);
  return finish(KeyKind::ed25519, EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr,
                                                               octets_of(octets), octets.size()));
}

const SigningKey& shared_key(KeyKind kind, bool other) {
  static std::map<std::pair<KeyKind, bool>, SigningKey> keys;
  const std::pair<KeyKind, bool> name(kind, other);
  const auto found = keys.find(name);
  if (found != keys.end()) return found->second;
  const std::uint64_t seed = 2 * static_cast<std::uint64_t>(kind) + (other ? 1 : 0);
  return keys.emplace(name, make_key(kind, seed)).first->second;
}

std::string_view usual_algorithm(KeyKind kind) {
  switch (kind) {
    case KeyKind::secret:
      return "HS256";
    case KeyKind::rsa:
      return "RS256";
    case KeyKind::ec256:
      return "ES256";
    case KeyKind::ec384:
      return "ES384";
    case KeyKind::ec521:
      return "ES512";
    case KeyKind::ed25519:
      break;
  }
  return "EdDSA";
}

std::string encode_base64url(std::string_view octets) {
  std::string text;
  std::uint32_t bits = 0;
  int bit_count = 0;
  for (const char octet : octets) {
    bits = bits << 8 | static_cast<unsigned char>(octet);
    bit_count += 8;
    while (bit_count >= 6) {
      bit_count -= 6;
      text += kAlphabet[(bits >> bit_count) & 63];
    }
  }
  if (bit_count > 0) text += kAlphabet[(bits << (6 - bit_count)) & 63];
  return text;
}

std::string sign(std::string_view text, std::string_view algorithm, const SigningKey& key) {
  std::array<unsigned char, 1024> octets{};
  if (key.kind == KeyKind::secret) {
    unsigned int size = 0;
    CHECK(HMAC(hash_of(algorithm), key.secret.data(), static_cast<int>(key.secret.size()),
               octets_of(text), text.size(), octets.data(), &size) != nullptr);
    return {octets.begin(), octets.begin() + size};
  }
  const DigestHandle context(EVP_MD_CTX_new());
  const EVP_MD* hash = key.kind == KeyKind::ed25519 ? nullptr : hash_of(algorithm);
  CHECK(EVP_DigestSignInit(context.get(), nullptr, hash, nullptr, key.pair.get()) == 1);
  std::size_t size = octets.size();
  CHECK(EVP_DigestSign(context.get(), octets.data(), &size, octets_of(text), text.size()) == 1);
  std::string signature(octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(size));
  const bool as_is = key.kind == KeyKind::rsa || key.kind == KeyKind::ed25519;
  return as_is ? signature : side_by_side(signature, key.kind);
}

std::string mint_raw(std::string_view header, std::string_view payload, std::string_view algorithm,
                     const SigningKey& key) {
  const std::string text = encode_base64url(header) + "." + encode_base64url(payload);
  return text + "." + encode_base64url(sign(text, algorithm, key));
}

std::string mint(const nlohmann::json& payload, const SigningKey& key,
                 const nlohmann::json& header) {
  nlohmann::json full{{"alg", usual_algorithm(key.kind)}, {"typ", "JWT"}};
  full.update(header);
  const std::string algorithm =
      full["alg"].is_string() ? full["alg"].get<std::string>() : std::string("HS256");
  return mint_raw(full.dump(), payload.dump(), algorithm, key);
}

nlohmann::json make_jwk(const SigningKey& key) {
  const auto text = [&](const char* parameter, int size) {
    return encode_base64url(number_of(key, parameter, size));
  };
  const auto point = [&](const char* curve) {
    const int size = static_cast<int>(coordinate_bytes(key.kind));
    return nlohmann::json{{"kty", "EC"},
                          {"crv", curve},
                          {"x", text(OSSL_PKEY_PARAM_EC_PUB_X, size)},
                          {"y", text(OSSL_PKEY_PARAM_EC_PUB_Y, size)}};
  };
  switch (key.kind) {
    case KeyKind::secret:
      return {{"kty", "oct"}, {"k", encode_base64url(key.secret)}};
    case KeyKind::rsa:
      return {{"kty", "RSA"},
              {"n", text(OSSL_PKEY_PARAM_RSA_N, 0)},
              {"e", text(OSSL_PKEY_PARAM_RSA_E, 0)}};
    case KeyKind::ec256:
      return point("P-256");
    case KeyKind::ec384:
      return point("P-384");
    case KeyKind::ec521:
      return point("P-521");
    case KeyKind::ed25519:
      break;
  }
  std::string octets(32, '\0');
  std::size_t size = octets.size();
  CHECK(EVP_PKEY_get_raw_public_key(key.pair.get(), reinterpret_cast<unsigned char*>(octets.data()),
                                    &size) == 1);
  return {{"kty", "OKP"}, {"crv", "Ed25519"}, {"x", encode_base64url(octets)}};
}

app::KeySet key_set_of(const SigningKey& key) {
  if (key.kind == KeyKind::secret) return app::KeySet::from_secret(key.secret).take();
  return app::KeySet::from_pem(key.public_pem).take();
}

}  // namespace tests
