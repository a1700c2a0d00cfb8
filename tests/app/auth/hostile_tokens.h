// Hostile tokens: what the tests of tokens that must not speak for anybody share.
//
// Verifiers for a key of each kind and for all keys at once, under rules that the good claims keep,
// so that only what a test changed can be the reason of a refusal. One thread. Every test begins
// and ends with the good tokens, which pass.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/auth/token_verifier.h"
#include "tests/app/auth/token_mint.h"

namespace app {

inline constexpr std::int64_t kNow = 1'800'000'000;
inline constexpr KeyKind kKinds[] = {KeyKind::secret, KeyKind::rsa, KeyKind::ec256, KeyKind::ec384,
                                     KeyKind::ec521};

inline nlohmann::json good_claims() {
  return {{"sub", "u-1"},      {"tenantId", "acme"}, {"iss", "https://id.example.com"},
          {"aud", "millrace"}, {"iat", kNow - 10},   {"exp", kNow + 600}};
}

inline TokenRules good_rules() {
  TokenRules rules;
  rules.issuer = "https://id.example.com";
  rules.audiences = {"millrace"};
  return rules;
}

inline nlohmann::json with(nlohmann::json object, const std::string& name,
                           const nlohmann::json& value) {
  object[name] = value;
  return object;
}

class HostileTokens : public testing::Test {
 protected:
  void SetUp() override {
    // All keys at once, as a gateway that is being moved from one issuer to another has them.
    KeySet all;
    for (const KeyKind kind : kKinds) {
      all.add(tests::key_set_of(tests::shared_key(kind)));
      const KeySet own = tests::key_set_of(tests::shared_key(kind));
      verifiers_.emplace_back(good_rules(), std::make_shared<KeySet>(own));
    }
    verifiers_.emplace_back(good_rules(), std::make_shared<KeySet>(all));
    expect_good();
  }

  // What was good before a family is good after it: nothing stuck.
  void TearDown() override { expect_good(); }

  void expect_good() {
    for (std::size_t i = 0; i < std::size(kKinds); ++i) {
      const std::string token = tests::mint(good_claims(), tests::shared_key(kKinds[i]));
      EXPECT_TRUE(std::holds_alternative<Identity>(own(kKinds[i]).verify(token, kNow)));
      EXPECT_TRUE(std::holds_alternative<Identity>(all().verify(token, kNow)));
    }
  }

  const TokenVerifier& own(KeyKind kind) const {
    const auto* const found = std::ranges::find(kKinds, kind);
    return verifiers_[static_cast<std::size_t>(found - kKinds)];
  }
  const TokenVerifier& all() const { return verifiers_.back(); }

  // Refused, and for this reason if one is given.
  void refused(const TokenVerifier& verifier, const std::string& token,
               std::optional<AuthFailure> why) {
    ++count_;
    const AuthResult result = verifier.verify(token, kNow);
    const AuthFailure* failure = std::get_if<AuthFailure>(&result);
    ASSERT_NE(failure, nullptr) << "speaks for " << std::get<Identity>(result).user << ": "
                                << token;
    ASSERT_NE(*failure, AuthFailure::none) << token;
    if (why) {
      EXPECT_EQ(*failure, *why) << token;
    }
  }

  // A token of the secret, held against the secret and against all keys.
  void refused(const std::string& token, std::optional<AuthFailure> why) {
    refused(own(KeyKind::secret), token, why);
    refused(all(), token, why);
  }
  void header_refused(std::string_view header, AuthFailure why) {
    refused(
        tests::mint_raw(header, good_claims().dump(), "HS256", tests::shared_key(KeyKind::secret)),
        why);
  }
  void payload_refused(std::string_view payload, AuthFailure why) {
    refused(
        tests::mint_raw(R"({"alg":"HS256"})", payload, "HS256", tests::shared_key(KeyKind::secret)),
        why);
  }
  void claims_refused(const nlohmann::json& claims, AuthFailure why) {
    refused(tests::mint(claims, tests::shared_key(KeyKind::secret)), why);
  }

  std::vector<TokenVerifier> verifiers_;
  std::size_t count_ = 0;
};

}  // namespace app
