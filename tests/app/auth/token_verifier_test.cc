#include "app/auth/token_verifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/auth/token_signature.h"
#include "app/gateway_limits.h"
#include "tests/app/auth/token_mint.h"

namespace app {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using tests::mint;
using tests::shared_key;

constexpr std::int64_t kNow = 1'800'000'000;
constexpr KeyKind kKinds[] = {KeyKind::secret, KeyKind::rsa, KeyKind::ec256, KeyKind::ec384,
                              KeyKind::ec521};

json good_claims() { return {{"sub", "u-1"}, {"tenantId", "acme"}, {"exp", kNow + 600}}; }

json with(json claims, const char* name, const json& value) {
  claims[name] = value;
  return claims;
}

AuthResult verify(const std::string& token, const KeySet& keys, const TokenRules& rules = {}) {
  return TokenVerifier(rules, std::make_shared<KeySet>(keys)).verify(token, kNow);
}

// `none` when the token is good.
AuthFailure failure_of(const AuthResult& result) {
  const AuthFailure* failure = std::get_if<AuthFailure>(&result);
  return failure == nullptr ? AuthFailure::none : *failure;
}

// Of a token of a secret with these claims.
AuthResult read(const json& claims, const TokenRules& rules = {}) {
  const tests::SigningKey& key = shared_key(KeyKind::secret);
  return verify(mint(claims, key), tests::key_set_of(key), rules);
}

AuthFailure failure(const json& claims, const TokenRules& rules = {}) {
  return failure_of(read(claims, rules));
}

Identity identity(const json& claims, const TokenRules& rules = {}) {
  const AuthResult result = read(claims, rules);
  EXPECT_EQ(failure_of(result), AuthFailure::none) << claims;
  const Identity* found = std::get_if<Identity>(&result);
  return found == nullptr ? Identity{} : *found;
}

TEST(TokenVerifier, SaysWhoItIs) {
  const Identity who = identity({{"sub", "u-1"},
                                 {"tenantId", "acme"},
                                 {"name", "Ada"},
                                 {"roles", {"driver", "admin"}},
                                 {"permissions", "chat:send chat:read"},
                                 {"userType", "supervisor"},
                                 {"jti", "t-1"},
                                 {"iat", kNow - 5},
                                 {"nbf", kNow - 5},
                                 {"exp", kNow + 600}});
  EXPECT_EQ(who.user, "u-1");
  EXPECT_EQ(who.tenant, "acme");
  EXPECT_EQ(who.display_name, "Ada");
  EXPECT_THAT(who.roles, ElementsAre("driver", "admin"));
  EXPECT_THAT(who.permissions, ElementsAre("chat:send", "chat:read"));
  EXPECT_EQ(who.type, UserType::supervisor);
  EXPECT_EQ(who.token_id, "t-1");
  EXPECT_EQ(who.issued_at, kNow - 5);
  EXPECT_EQ(who.expires_at, kNow + 600) << "without the leeway";
}

// RFC 7515 appendix A.1: somebody else's token, signed by somebody else's code.
TEST(TokenVerifier, TheTokenOfTheRfc) {
  constexpr std::string_view kToken =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh"
      "0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const KeySet keys =
      KeySet::from_jwks(R"({"keys":[{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-)"
                        R"(EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}]})")
          .take();
  TokenRules rules;
  rules.claims.user = "iss";
  const TokenVerifier verifier(rules, std::make_shared<KeySet>(keys));
  const AuthResult result = verifier.verify(kToken, 1'300'819'300);
  ASSERT_EQ(failure_of(result), AuthFailure::none);
  EXPECT_EQ(std::get<Identity>(result).user, "joe");
  EXPECT_EQ(failure_of(verifier.verify(kToken, 1'300'819'380 + 29)), AuthFailure::none);
  EXPECT_EQ(failure_of(verifier.verify(kToken, 1'300'819'380 + 30)), AuthFailure::expired);
}

TEST(TokenVerifier, EachAlgorithmWithItsKeyByLibjwtAndByOpenssl) {
  for (const KeyKind kind : kKinds) {
    const tests::SigningKey& key = shared_key(kind);
    std::vector<std::string> algorithms{std::string(tests::usual_algorithm(kind))};
    if (kind == KeyKind::secret) algorithms = {"HS256", "HS384", "HS512"};
    if (kind == KeyKind::rsa) algorithms = {"RS256", "RS384", "RS512"};
    for (const std::string& algorithm : algorithms) {
      for (const char* type : {"JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt"}) {
        const json header{{"alg", algorithm}, {"typ", type}};
        const std::string token = mint(good_claims(), key, header);
        EXPECT_EQ(failure_of(verify(token, tests::key_set_of(key))), AuthFailure::none) << header;
        EXPECT_EQ(failure_of(verify(token, tests::key_set_of(shared_key(kind, true)))),
                  AuthFailure::signature)
            << header;
      }
    }
  }
}

TEST(TokenVerifier, KeysOfASetServeLikePem) {
  for (const KeyKind kind : kKinds) {
    const json set{{"keys", {tests::make_jwk(shared_key(kind))}}};
    EXPECT_EQ(failure_of(verify(mint(good_claims(), shared_key(kind)),
                                KeySet::from_jwks(set.dump()).take())),
              AuthFailure::none);
  }
}

TEST(TokenVerifier, TypeMayBeAbsentAndNothingElse) {
  const tests::SigningKey& key = shared_key(KeyKind::secret);
  const KeySet keys = tests::key_set_of(key);
  const auto of_header = [&](std::string_view header) {
    return failure_of(verify(mint_raw(header, good_claims().dump(), "HS256", key), keys));
  };
  EXPECT_EQ(of_header(R"({"alg":"HS256"})"), AuthFailure::none);
  for (const char* type : {R"("")", R"("JWE")", R"("id+jwt")", "7", "null", R"(["JWT"])"}) {
    EXPECT_EQ(of_header(R"({"alg":"HS256","typ":)" + std::string(type) + "}"),
              AuthFailure::malformed)
        << type;
  }
}

// Keys with ids, as a rotating issuer has them.
KeySet two_named_keys() {
  json first = tests::make_jwk(shared_key(KeyKind::ec256));
  json second = tests::make_jwk(shared_key(KeyKind::ec256, true));
  first["kid"] = "first";
  second["kid"] = "second";
  return KeySet::from_jwks(json{{"keys", {first, second}}}.dump()).take();
}

TEST(TokenVerifier, TheKeyIsChosenById) {
  const KeySet keys = two_named_keys();
  const tests::SigningKey& first = shared_key(KeyKind::ec256);
  const auto with_id = [&](const char* id) {
    return failure_of(verify(mint(good_claims(), first, {{"kid", id}}), keys));
  };
  EXPECT_EQ(with_id("first"), AuthFailure::none);
  EXPECT_EQ(with_id("second"), AuthFailure::signature);
  EXPECT_EQ(with_id("third"), AuthFailure::unknown_key);
  EXPECT_EQ(with_id(""), AuthFailure::none) << "no id: each is tried";
  EXPECT_EQ(failure_of(verify(mint(good_claims(), shared_key(KeyKind::ec256, true)), keys)),
            AuthFailure::none);
}

TEST(TokenVerifier, AnUnknownIdIsToldEvenWhereASecretHasNone) {
  KeySet keys = two_named_keys();
  keys.add(tests::key_set_of(shared_key(KeyKind::secret)));
  EXPECT_EQ(
      failure_of(verify(mint(good_claims(), shared_key(KeyKind::ec256), {{"kid", "third"}}), keys)),
      AuthFailure::unknown_key);
  EXPECT_EQ(failure_of(
                verify(mint(good_claims(), shared_key(KeyKind::secret), {{"kid", "third"}}), keys)),
            AuthFailure::none)
      << "the secret fits any id";
  EXPECT_EQ(failure_of(verify(mint(good_claims(), shared_key(KeyKind::secret)), KeySet())),
            AuthFailure::unknown_key);
}

TEST(TokenVerifier, FewKeysAreTriedButTheNamedOneFirst) {
  std::vector<json> jwks(kKeysTriedMost, tests::make_jwk(shared_key(KeyKind::ec256, true)));
  jwks.push_back(tests::make_jwk(shared_key(KeyKind::ec256)));
  jwks.back()["kid"] = "ninth";
  const KeySet keys = KeySet::from_jwks(json{{"keys", jwks}}.dump()).take();
  const tests::SigningKey& key = shared_key(KeyKind::ec256);
  EXPECT_EQ(failure_of(verify(mint(good_claims(), key), keys)), AuthFailure::signature);
  EXPECT_EQ(failure_of(verify(mint(good_claims(), key, {{"kid", "ninth"}}), keys)),
            AuthFailure::none);
}

TEST(TokenVerifier, RulesAndKeysSayWhichAlgorithms) {
  const tests::SigningKey& key = shared_key(KeyKind::secret);
  TokenRules rules;
  rules.algorithms = {"HS512", "RS256"};
  const auto of = [&](const char* algorithm, const KeySet& keys) {
    return failure_of(verify(mint(good_claims(), key, {{"alg", algorithm}}), keys, rules));
  };
  EXPECT_EQ(of("HS512", tests::key_set_of(key)), AuthFailure::none);
  EXPECT_EQ(of("HS256", tests::key_set_of(key)), AuthFailure::algorithm);
  // A rule that libjwt cannot keep lets nobody in.
  rules.algorithms = {"PS256", "EdDSA", "none"};
  for (const char* algorithm : {"PS256", "EdDSA", "none"}) {
    EXPECT_EQ(of(algorithm, tests::key_set_of(key)), AuthFailure::algorithm);
  }
  json jwk = tests::make_jwk(key);
  jwk["alg"] = "HS384";
  rules.algorithms.clear();
  const KeySet only_384 = KeySet::from_jwks(json{{"keys", {jwk}}}.dump()).take();
  EXPECT_EQ(of("HS384", only_384), AuthFailure::none);
  EXPECT_EQ(of("HS256", only_384), AuthFailure::algorithm);
}

TEST(TokenVerifier, ExpiryAndItsLeeway) {
  const auto at = [](const json& exp) { return failure(with(good_claims(), "exp", exp)); };
  EXPECT_EQ(at(kNow + 1), AuthFailure::none);
  EXPECT_EQ(at(kNow - 29), AuthFailure::none);
  EXPECT_EQ(at(kNow - 30), AuthFailure::expired);
  EXPECT_EQ(at(static_cast<double>(kNow) - 29.5), AuthFailure::expired) << "rounded down";
  EXPECT_EQ(identity(with(good_claims(), "exp", kNow + 1.75)).expires_at, kNow + 1);
  EXPECT_EQ(at(0), AuthFailure::expired);
  EXPECT_EQ(at(0.5), AuthFailure::expired);
  EXPECT_EQ(at(kTokenTimeMost), AuthFailure::none);
  EXPECT_EQ(at(kTokenTimeMost + 1), AuthFailure::claims);
  EXPECT_EQ(at(-1), AuthFailure::claims);
  EXPECT_EQ(at(kNow * 1000), AuthFailure::claims) << "milliseconds";
  json claims = good_claims();
  claims.erase("exp");
  EXPECT_EQ(failure(claims), AuthFailure::claims);
  TokenRules rules;
  rules.expiry_required = false;
  EXPECT_EQ(identity(claims, rules).expires_at, 0);
}

TEST(TokenVerifier, ZeroIsNeverForEver) {
  // Within the leeway of 1970 an `exp` of 0 is still good, and would read as "never" later.
  const tests::SigningKey& key = shared_key(KeyKind::secret);
  const TokenVerifier verifier({}, std::make_shared<KeySet>(tests::key_set_of(key)));
  EXPECT_EQ(failure_of(verifier.verify(mint({{"sub", "u"}, {"exp", 0}}, key), 1)),
            AuthFailure::expired);
}

TEST(TokenVerifier, NotBeforeAndIssuedInTheFuture) {
  for (const char* claim : {"nbf", "iat"}) {
    const auto at = [&](const json& time) { return failure(with(good_claims(), claim, time)); };
    EXPECT_EQ(at(kNow), AuthFailure::none);
    EXPECT_EQ(at(kNow + 30), AuthFailure::none);
    EXPECT_EQ(at(kNow + 31), AuthFailure::not_yet_valid);
    EXPECT_EQ(at("yesterday"), AuthFailure::claims);
    EXPECT_EQ(at(-5), AuthFailure::claims);
    EXPECT_EQ(at(0), AuthFailure::none);
  }
  EXPECT_EQ(failure(with(good_claims(), "nbf", kNow + 30.5)), AuthFailure::not_yet_valid);
}

TEST(TokenVerifier, IssuerIsExact) {
  TokenRules rules;
  rules.issuer = "https://id.example.com";
  const auto of = [&](const json& issuer) {
    return failure(with(good_claims(), "iss", issuer), rules);
  };
  EXPECT_EQ(of("https://id.example.com"), AuthFailure::none);
  EXPECT_EQ(of("https://id.example.com/"), AuthFailure::issuer);
  EXPECT_EQ(of("HTTPS://id.example.com"), AuthFailure::issuer);
  EXPECT_EQ(of(json::array({"https://id.example.com"})), AuthFailure::claims);
  EXPECT_EQ(failure(good_claims(), rules), AuthFailure::issuer);
  EXPECT_EQ(failure(with(good_claims(), "iss", 5)), AuthFailure::claims) << "whatever the rules";
}

TEST(TokenVerifier, AudienceNamesUs) {
  TokenRules rules;
  rules.audiences = {"millrace", "chat"};
  const auto of = [&](const json& audience) {
    return failure(with(good_claims(), "aud", audience), rules);
  };
  EXPECT_EQ(of("chat"), AuthFailure::none);
  EXPECT_EQ(of({"other", "millrace"}), AuthFailure::none);
  EXPECT_EQ(of("millrace "), AuthFailure::audience);
  EXPECT_EQ(of(json::array()), AuthFailure::audience);
  EXPECT_EQ(of({"millrace", 7}), AuthFailure::claims);
  EXPECT_EQ(of(7), AuthFailure::claims);
  EXPECT_EQ(failure(good_claims(), rules), AuthFailure::audience);
}

TEST(TokenVerifier, TheUserMayBeANumber) {
  EXPECT_EQ(identity(with(good_claims(), "sub", 42)).user, "42");
  EXPECT_EQ(identity(with(good_claims(), "sub", 9'223'372'036'854'775'807)).user,
            "9223372036854775807");
  EXPECT_EQ(failure(with(good_claims(), "sub", 1.5)), AuthFailure::claims);
  EXPECT_EQ(failure(with(good_claims(), "sub", true)), AuthFailure::claims);
  EXPECT_EQ(failure(with(good_claims(), "sub", "")), AuthFailure::claims);
  EXPECT_EQ(failure({{"exp", kNow + 5}}), AuthFailure::claims);
}

TEST(TokenVerifier, ATokenWithoutTenantIsOfTheDefaultOne) {
  const json claims{{"sub", "u"}, {"exp", kNow + 5}};
  TokenRules rules;
  EXPECT_EQ(identity(claims, rules).tenant, "default");
  rules.default_tenant = "";
  EXPECT_EQ(failure(claims, rules), AuthFailure::claims);
  EXPECT_EQ(failure(with(claims, "tenantId", "")), AuthFailure::claims) << "there, but empty";
  EXPECT_EQ(failure(with(claims, "tenantId", nullptr)), AuthFailure::claims);
}

TEST(TokenVerifier, ListsAreArraysOrWords) {
  const auto roles = [](const json& value) {
    return identity(with(good_claims(), "roles", value)).roles;
  };
  EXPECT_THAT(roles("a b"), ElementsAre("a", "b"));
  EXPECT_THAT(roles("  a   b "), ElementsAre("a", "b"));
  EXPECT_THAT(roles(""), ElementsAre());
  EXPECT_THAT(roles(json::array()), ElementsAre());
  EXPECT_THAT(roles({"with space"}), ElementsAre("with space"));
  EXPECT_EQ(failure(with(good_claims(), "roles", {"a", 1})), AuthFailure::claims);
  EXPECT_EQ(failure(with(good_claims(), "roles", {{"a", true}})), AuthFailure::claims);
  EXPECT_EQ(failure(with(good_claims(), "roles", {""})), AuthFailure::claims);
}

TEST(TokenVerifier, ClaimNamesReachIntoObjects) {
  TokenRules rules;
  rules.claims.roles = "realm_access.roles";
  rules.claims.permissions = "https://example.com/auth.permissions";
  rules.claims.user = "";
  EXPECT_EQ(failure(good_claims(), rules), AuthFailure::claims) << "no name, no user";
  rules.claims.user = "sub";
  json claims = good_claims();
  claims["realm_access"] = {{"roles", {"inner"}}};
  claims["https://example.com/auth"] = {{"permissions", "deep"}};
  EXPECT_THAT(identity(claims, rules).roles, ElementsAre("inner"));
  EXPECT_THAT(identity(claims, rules).permissions, ElementsAre("deep"));
  claims["realm_access.roles"] = "exact";
  EXPECT_THAT(identity(claims, rules).roles, ElementsAre("exact"));
  claims = with(good_claims(), "realm_access", "no object");
  EXPECT_THAT(identity(claims, rules).roles, ElementsAre());
}

TEST(TokenVerifier, TypesAreThree) {
  EXPECT_EQ(identity(good_claims()).type, UserType::employee);
  EXPECT_EQ(identity(with(good_claims(), "userType", "guest")).type, UserType::guest);
  EXPECT_EQ(failure(with(good_claims(), "userType", "root")), AuthFailure::claims);
  EXPECT_EQ(failure(with(good_claims(), "userType", "Guest")), AuthFailure::claims);
  EXPECT_EQ(failure(with(good_claims(), "userType", 1)), AuthFailure::claims);
}

TEST(TokenVerifier, SizesUpToTheBoundPass) {
  const tests::SigningKey& key = shared_key(KeyKind::secret);
  json claims = with(good_claims(), "pad", "");
  const std::size_t base_size = mint(claims, key).size();
  // Three octets more are four characters more.
  claims["pad"] = std::string((kTokenBytesMax - base_size) / 4 * 3, 'p');
  std::string token = mint(claims, key);
  ASSERT_LE(token.size(), kTokenBytesMax);
  ASSERT_GT(token.size() + 8, kTokenBytesMax);
  EXPECT_EQ(failure_of(verify(token, tests::key_set_of(key))), AuthFailure::none);
  claims["pad"] = std::string(claims["pad"].get<std::string>().size() + 6, 'p');
  token = mint(claims, key);
  ASSERT_GT(token.size(), kTokenBytesMax);
  EXPECT_EQ(failure_of(verify(token, tests::key_set_of(key))), AuthFailure::malformed);
}

// Two implementations, one answer: each signature with one of its bits turned.
TEST(TokenSignature, LibjwtAndOpensslAgree) {
  for (const KeyKind kind : kKinds) {
    const tests::SigningKey& key = shared_key(kind);
    const KeySet set = tests::key_set_of(key);
    const std::string_view algorithm = tests::usual_algorithm(kind);
    const std::string text = tests::encode_base64url(json{{"alg", algorithm}}.dump()) + "." +
                             tests::encode_base64url("{}");
    const std::string good = tests::sign(text, algorithm, key);
    for (std::size_t bit = 0; bit <= 8 * good.size(); bit += 7) {
      std::string signature = good;
      if (bit > 0) {
        char& turned = signature[(bit - 1) / 8];
        turned = static_cast<char>(turned ^ (1 << ((bit - 1) % 8)));
      }
      const std::string whole = text + "." + tests::encode_base64url(signature);
      const SignedToken token{.text = whole,
                              .signed_text = std::string_view(whole).substr(0, text.size()),
                              .signature = signature,
                              .algorithm = std::string(algorithm)};
      EXPECT_EQ(detail::libjwt_fits(token, set.keys()[0]), bit == 0);
      EXPECT_EQ(detail::openssl_fits(token, set.keys()[0]), bit == 0);
    }
  }
}

}  // namespace
}  // namespace app
