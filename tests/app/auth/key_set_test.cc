#include "app/auth/key_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/auth/public_key.h"
#include "app/auth/token_algorithm.h"
#include "app/gateway_limits.h"
#include "tests/app/auth/token_mint.h"

namespace app {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;
using tests::make_jwk;
using tests::shared_key;

constexpr KeyKind kPublicKinds[] = {KeyKind::rsa, KeyKind::ec256, KeyKind::ec384, KeyKind::ec521,
                                    KeyKind::ed25519};

template <typename T>
std::string error_of(const base::Result<T>& result) {
  return result.ok() ? "none" : result.error().message;
}

std::string set_of(const std::vector<json>& keys) { return json{{"keys", keys}}.dump(); }

// Made by OpenSSL's command line; see each name for what it is.
constexpr std::string_view kRsa1024 = R"(-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDuvwQwunuf4DjLXu9vwz1QlObR
rfG4m9+UlLo/Fm4G1wHVMbtzsEroBsIBjqFmAOZ60+QWMWamLL6R+RpvmeMJWyB3
L89hqu/LT/Zki5NRnO5fXiMCN/cKeUhVkK+CrvJeji/d86Ih2DMZNs7EVxUpDdwG
sjN9Pl6QZfW2G0CmpQIDAQAB
-----END PUBLIC KEY-----
)";
constexpr std::string_view kSecp256k1 = R"(-----BEGIN PUBLIC KEY-----
MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEX2+/e4AUzPTeMeWEQ9Dgrn3l9N0dKQ/a
RyPNidd8lelJMQv6PQtcFmq4Cut3qjtPiSo4OaKsD9kYOD4gB7mdBA==
-----END PUBLIC KEY-----
)";
constexpr std::string_view kEd448 = R"(-----BEGIN PUBLIC KEY-----
MEMwBQYDK2VxAzoANCEPa0D9vwfIpJ/GDW4AkzIMEi/f0tENzwi0sEV7T7ChCRnV
f1VmHRPEWPI1G6j9PhPg/zdqKgaA
-----END PUBLIC KEY-----
)";
// Of P-256, signed by itself.
constexpr std::string_view kCertificate = R"(-----BEGIN CERTIFICATE-----
MIIBiDCCAS2gAwIBAgIUDp+xQvQqSbYmQAsaUhdSNhISwx8wCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNbWlsbHJhY2UtdGVzdDAgFw0yNjExMjcxNjAxNDFaGA8yMTI2
MTEwMzE2MDE0MVowGDEWMBQGA1UEAwwNbWlsbHJhY2UtdGVzdDBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABA7mVD6GqClMLJ/N108tHDZvIj1hl3BDVJe42YXlQWrj
I0we4QvWjY79dPVQ7CkpzOpfgoOdOxIwSmOL3dzp722jUzBRMB0GA1UdDgQWBBTH
2EUwQSjainjjpw6xCTNhsiLMAzAfBgNVHSMEGDAWgBTH2EUwQSjainjjpw6xCTNh
siLMAzAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQCxOk52IUia
dR53hymGvagZo1hpRIzYp0RZtOoSiAoQwAIhANt8ze0zbryD9jBymYLVHMxdg+BH
CYI93H6H0m48w1J+
-----END CERTIFICATE-----
)";

TEST(TokenAlgorithm, EachTakesOneKind) {
  for (const char* hash : {"256", "384", "512"}) {
    EXPECT_EQ(key_kind_of(std::string("HS") + hash), KeyKind::secret);
    EXPECT_EQ(key_kind_of(std::string("RS") + hash), KeyKind::rsa);
    EXPECT_EQ(key_kind_of(std::string("PS") + hash), std::nullopt);
  }
  EXPECT_EQ(key_kind_of("ES256"), KeyKind::ec256);
  EXPECT_EQ(key_kind_of("ES384"), KeyKind::ec384);
  EXPECT_EQ(key_kind_of("ES512"), KeyKind::ec521);
  for (const char* other : {"", "none", "None", "hs256", "HS256 ", "ES256K", "EdDSA", "HS2567"}) {
    EXPECT_EQ(key_kind_of(other), std::nullopt) << other;
  }
}

TEST(KeySet, ASecretIsNoShorterThanTheHash) {
  const KeySet set = KeySet::from_secret(std::string(32, 's')).take();
  ASSERT_EQ(set.keys().size(), 1U);
  EXPECT_EQ(set.keys()[0].kind, KeyKind::secret);
  EXPECT_EQ(set.keys()[0].material, std::string(32, 's'));
  EXPECT_THAT(error_of(KeySet::from_secret("")), HasSubstr("this one has 0"));
  EXPECT_THAT(error_of(KeySet::from_secret(std::string(31, 's'))), HasSubstr("32 bytes"));
  EXPECT_THAT(error_of(KeySet::from_secret(std::string(kKeySetBytesMax + 1, 's'))),
              HasSubstr("more than"));
}

TEST(KeySet, APublicKeyIsNoSecret) {
  EXPECT_THAT(error_of(KeySet::from_secret(shared_key(KeyKind::rsa).public_pem)),
              HasSubstr("is a PEM block"));
}

TEST(KeySet, PemOfEachKindAfterEachOtherWithTextBetween) {
  std::string pem = "# our keys\n";
  for (const KeyKind kind : kPublicKinds) pem += shared_key(kind).public_pem + "\n# and\n";
  pem += kCertificate;
  const KeySet set = KeySet::from_pem(pem).take();
  ASSERT_EQ(set.keys().size(), 6U);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(set.keys()[i].kind, kPublicKinds[i]);
    EXPECT_EQ(set.keys()[i].material, shared_key(kPublicKinds[i]).public_pem);
    EXPECT_EQ(set.keys()[i].id, "");
  }
  EXPECT_EQ(set.keys()[5].kind, KeyKind::ec256);
  EXPECT_THAT(set.keys()[5].material, StartsWith("-----BEGIN PUBLIC KEY-----\n"));
}

TEST(KeySet, PemSaysWhichBlockIsWrongAndHow) {
  const std::string good = shared_key(KeyKind::ec256).public_pem;
  const auto error_after_good = [&](std::string_view pem) {
    return error_of(KeySet::from_pem(good + std::string(pem)));
  };
  EXPECT_EQ(error_after_good(""), "none");
  EXPECT_THAT(error_of(KeySet::from_pem("")), HasSubstr("no PEM block"));
  EXPECT_THAT(error_of(KeySet::from_pem("a secret")), HasSubstr("no PEM block"));
  EXPECT_THAT(error_after_good(shared_key(KeyKind::rsa).private_pem),
              HasSubstr("PEM block 2 is a private key"));
  EXPECT_THAT(error_after_good(kRsa1024), HasSubstr("1024 bits"));
  EXPECT_THAT(error_after_good(kSecp256k1), HasSubstr("the curve secp256k1"));
  EXPECT_THAT(error_after_good(kEd448), HasSubstr("type ED448"));
  EXPECT_THAT(error_after_good(good.substr(0, good.size() / 2)), HasSubstr("block 2 is cut off"));
  std::string broken = good;
  broken[60] = broken[60] == 'A' ? 'B' : 'A';
  broken[61] = '!';
  EXPECT_THAT(error_after_good(broken), HasSubstr("block 2"));
  EXPECT_THAT(error_after_good("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"),
              HasSubstr("does not hold a valid 'PUBLIC KEY'"));
  EXPECT_THAT(error_after_good("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
              HasSubstr("does not hold a valid 'CERTIFICATE'"));
  EXPECT_THAT(error_after_good("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"),
              HasSubstr("is of type 'X509 CRL'"));
}

TEST(KeySet, PemIsBounded) {
  const std::string& key = shared_key(KeyKind::ec256).public_pem;
  std::string pem;
  for (std::size_t i = 0; i < kKeySetKeysMost; ++i) pem += key;
  EXPECT_EQ(KeySet::from_pem(pem).take().keys().size(), kKeySetKeysMost);
  EXPECT_THAT(error_of(KeySet::from_pem(pem + key)), HasSubstr("more than 64 keys"));
  EXPECT_THAT(error_of(KeySet::from_pem(std::string(kKeySetBytesMax + 1, ' '))),
              HasSubstr("more than 262144 bytes"));
}

TEST(KeySet, JwksOfEachKindIsTheSameKeyAsThePem) {
  std::vector<json> jwks;
  for (const KeyKind kind : kPublicKinds) {
    jwks.push_back(make_jwk(shared_key(kind)));
    jwks.back()["kid"] = "key " + std::to_string(jwks.size());
    jwks.back()["use"] = "sig";
  }
  jwks.push_back(make_jwk(shared_key(KeyKind::secret)));
  jwks.back()["alg"] = "HS384";
  const KeySet set = KeySet::from_jwks(set_of(jwks)).take();
  ASSERT_EQ(set.keys().size(), 6U);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(set.keys()[i].kind, kPublicKinds[i]);
    EXPECT_EQ(set.keys()[i].material, shared_key(kPublicKinds[i]).public_pem);
    EXPECT_EQ(set.keys()[i].id, "key " + std::to_string(i + 1));
    EXPECT_EQ(set.keys()[i].algorithm, "");
  }
  EXPECT_EQ(set.keys()[5].material, shared_key(KeyKind::secret).secret);
  EXPECT_EQ(set.keys()[5].algorithm, "HS384");
}

// The example of RFC 7517 appendix A.1.
TEST(KeySet, JwksOfTheRfc) {
  const json for_encryption{{"kty", "EC"},
                            {"crv", "P-256"},
                            {"x", "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4"},
                            {"y", "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"},
                            {"use", "enc"},
                            {"kid", "1"}};
  const json rsa{{"kty", "RSA"},
                 {"n",
                  "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1"
                  "L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4"
                  "QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbO"
                  "pbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csF"
                  "Cur-kEgU8awapJzKnqDKgw"},
                 {"e", "AQAB"},
                 {"alg", "RS256"},
                 {"kid", "2011-04-29"}};
  const KeySet set = KeySet::from_jwks(set_of({for_encryption, rsa})).take();
  ASSERT_EQ(set.keys().size(), 1U);
  EXPECT_EQ(set.keys()[0].kind, KeyKind::rsa);
  EXPECT_EQ(set.keys()[0].id, "2011-04-29");
  EXPECT_EQ(set.keys()[0].algorithm, "RS256");
}

// What the set's only key is refused for.
std::string refusal_of(const json& jwk) { return error_of(KeySet::from_jwks(set_of({jwk}))); }

json with(json jwk, const char* member, const json& value) {
  jwk[member] = value;
  return jwk;
}

TEST(KeySet, JwksPassesOverWhatIsNotForUs) {
  const json rsa = make_jwk(shared_key(KeyKind::rsa));
  const json ec = make_jwk(shared_key(KeyKind::ec256));
  const json secret = make_jwk(shared_key(KeyKind::secret));
  EXPECT_EQ(refusal_of(rsa), "none");
  EXPECT_EQ(refusal_of(with(rsa, "key_ops", {"verify"})), "none");
  EXPECT_EQ(refusal_of(with(rsa, "unheard_of", {1, 2})), "none");
  const std::vector<std::pair<json, std::string>> refused = {
      {with(rsa, "use", "enc"), "not there to check"},
      {with(rsa, "key_ops", {"encrypt"}), "not there to check"},
      {with(rsa, "key_ops", "verify"), "not there to check"},
      {with(rsa, "kty", "XYZ"), "its 'kty' is 'XYZ'"},
      {with(rsa, "kty", 5), "its 'kty' is ''"},
      {with(rsa, "n", "!!"), "'n' or 'e'"},
      {with(rsa, "n", ""), "'n' or 'e'"},
      {with(rsa, "e", nullptr), "'n' or 'e'"},
      {with(rsa, "n", "AQAB"), "RSA"},
      {with(rsa, "n", tests::encode_base64url(std::string(1025, 'n'))), "more than 8192 bits"},
      {with(rsa, "alg", "HS256"), "its 'alg' is 'HS256'"},
      {with(rsa, "alg", "none"), "its 'alg' is 'none'"},
      {with(rsa, "alg", "RSA-OAEP"), "its 'alg' is"},
      {with(rsa, "alg", 7), "its 'alg' is"},
      {with(rsa, "kid", 7), "its 'kid'"},
      {with(rsa, "kid", std::string(kKeyIdBytesMax + 1, 'k')), "its 'kid'"},
      {with(ec, "crv", "P-384"), "is not of 48 octets"},
      {with(ec, "crv", "secp256k1"), "the curve secp256k1"},
      {with(ec, "x", ec["y"]), "make no key"},  // Not on the curve.
      {with(ec, "alg", "ES384"), "its 'alg' is 'ES384'"},
      {with(secret, "k", "c2hvcnQ"), "fewer than 32 bytes"},
      {with(secret, "alg", "RS256"), "its 'alg' is 'RS256'"},
      {with(make_jwk(shared_key(KeyKind::ed25519)), "crv", "X25519"), "'X25519', not Ed25519"},
      {with(make_jwk(shared_key(KeyKind::ed25519)), "x", "AAAA"), "not of 32 octets"},
      {json("text"), "not an object"},
      {json::object(), "its 'kty' is ''"}};
  for (const auto& [jwk, why] : refused) {
    EXPECT_THAT(refusal_of(jwk), HasSubstr(why)) << jwk;
    const KeySet set = KeySet::from_jwks(set_of({jwk, with(ec, "kid", "good")})).take();
    ASSERT_EQ(set.keys().size(), 1U) << jwk;
    EXPECT_EQ(set.keys()[0].id, "good");
  }
}

TEST(KeySet, JwksThatIsNoneSaysSo) {
  for (const char* text : {"", "{}", "[]", "null", "{\"keys\":{}}", "{\"keys\":[", "\xff"}) {
    EXPECT_THAT(error_of(KeySet::from_jwks(text)), HasSubstr("array \"keys\"")) << text;
  }
  EXPECT_THAT(error_of(KeySet::from_jwks("{\"keys\":[]}")), HasSubstr("has no keys"));
  EXPECT_THAT(error_of(KeySet::from_jwks(std::string(kKeySetBytesMax + 1, ' '))),
              HasSubstr("more than 262144 bytes"));
  EXPECT_THAT(error_of(KeySet::from_jwks(std::string(200'000, '['))), HasSubstr("array \"keys\""));
  const json key = make_jwk(shared_key(KeyKind::ec256));
  EXPECT_EQ(refusal_of(key), "none");
  EXPECT_THAT(error_of(KeySet::from_jwks(set_of(std::vector<json>(kKeySetKeysMost + 1, key)))),
              HasSubstr("more than 64 keys"));
}

TEST(KeySet, SetsAreAddedToEachOther) {
  KeySet set;
  EXPECT_TRUE(set.empty());
  set.add(tests::key_set_of(shared_key(KeyKind::secret)));
  set.add(tests::key_set_of(shared_key(KeyKind::rsa)));
  set.add(set);
  ASSERT_EQ(set.keys().size(), 4U);
  EXPECT_EQ(set.keys()[2].material, set.keys()[0].material);
  EXPECT_EQ(set.keys()[3].kind, KeyKind::rsa);
}

}  // namespace
}  // namespace app
