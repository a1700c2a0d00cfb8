// Thousands of hostile tokens, in families, each made from a good one: none may speak for anybody.
//
// Where the family decides what a token is refused for, exactly that is asked for. Where a turned
// bit decides, any refusal will do. The same seed makes the same tokens, but for ECDSA's
// signatures.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <optional>

#include "app/auth/base64url.h"
#include "app/auth/token_verifier.h"
#include "app/config/gateway_limits.h"
#include "base/prng.h"
#include "tests/app/auth/token_mint.h"

namespace app {
namespace {

using namespace std::literals;
using nlohmann::json;
using tests::encode_base64url;
using tests::mint;
using tests::mint_raw;
using tests::shared_key;

constexpr std::int64_t kNow = 1'800'000'000;
constexpr KeyKind kKinds[] = {KeyKind::secret, KeyKind::rsa, KeyKind::ec256, KeyKind::ec384,
                              KeyKind::ec521};
constexpr std::size_t kTokensLeast = 1'000;

// Where the same JSON would be accepted, so that only what the family does can be the reason.
json good_claims() {
  return {{"sub", "u-1"},      {"tenantId", "acme"}, {"iss", "https://id.example.com"},
          {"aud", "millrace"}, {"iat", kNow - 10},   {"exp", kNow + 600}};
}

TokenRules good_rules() {
  TokenRules rules;
  rules.issuer = "https://id.example.com";
  rules.audiences = {"millrace"};
  return rules;
}

json with(json object, const std::string& name, const json& value) {
  object[name] = value;
  return object;
}

struct Pieces {
  std::string header;
  std::string payload;
  std::string signature;
};

Pieces take_apart(const std::string& token) {
  const std::size_t first = token.find('.');
  const std::size_t second = token.rfind('.');
  return {token.substr(0, first), token.substr(first + 1, second - first - 1),
          token.substr(second + 1)};
}

std::string join(const Pieces& pieces) {
  return pieces.header + "." + pieces.payload + "." + pieces.signature;
}

class HostileTokens : public testing::Test {
 protected:
  void SetUp() override {
    // All keys at once, as a gateway that is being moved from one issuer to another has them.
    KeySet all;
    for (const KeyKind kind : kKinds) {
      all.add(tests::key_set_of(shared_key(kind)));
      const KeySet own = tests::key_set_of(shared_key(kind));
      verifiers_.emplace_back(good_rules(), std::make_shared<KeySet>(own));
    }
    verifiers_.emplace_back(good_rules(), std::make_shared<KeySet>(all));
    expect_good();
  }

  // What was good before a family is good after it: nothing stuck.
  void TearDown() override { expect_good(); }

  void expect_good() {
    for (std::size_t i = 0; i < std::size(kKinds); ++i) {
      const std::string token = mint(good_claims(), shared_key(kKinds[i]));
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
    refused(mint_raw(header, good_claims().dump(), "HS256", shared_key(KeyKind::secret)), why);
  }
  void payload_refused(std::string_view payload, AuthFailure why) {
    refused(mint_raw(R"({"alg":"HS256"})", payload, "HS256", shared_key(KeyKind::secret)), why);
  }
  void claims_refused(const json& claims, AuthFailure why) {
    refused(mint(claims, shared_key(KeyKind::secret)), why);
  }

  std::vector<TokenVerifier> verifiers_;
  std::size_t count_ = 0;
};

// Each bit of each part. Of the keys that take long to check with, some bits everywhere.
TEST_F(HostileTokens, EveryTurnedBit) {
  for (const KeyKind kind : kKinds) {
    const std::size_t step = kind == KeyKind::secret || kind == KeyKind::ec256 ? 1 : 7;
    const Pieces good = take_apart(mint(good_claims(), shared_key(kind)));
    const auto turn = [&](std::string Pieces::* part, std::optional<AuthFailure> why) {
      const std::string octets = decode_base64url(good.*part).value();
      for (std::size_t bit = 0; bit < 8 * octets.size(); bit += step) {
        std::string turned = octets;
        turned[bit / 8] = static_cast<char>(turned[bit / 8] ^ (1 << (bit % 8)));
        Pieces bad = good;
        bad.*part = encode_base64url(turned);
        refused(own(kind), join(bad), why);
      }
    };
    turn(&Pieces::header, std::nullopt);
    turn(&Pieces::payload, std::nullopt);
    turn(&Pieces::signature, AuthFailure::signature);
  }
  EXPECT_GE(count_, 3 * kTokensLeast);
}

// The text itself: each character replaced, dropped and doubled.
TEST_F(HostileTokens, EveryChangedCharacter) {
  const std::string good = mint(good_claims(), shared_key(KeyKind::secret));
  base::Prng prng(11);
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ static_cast<char>(1 + prng.below(255)));
    refused(own(KeyKind::secret), bad, std::nullopt);
    bad = good;
    bad.erase(i, 1);
    refused(own(KeyKind::secret), bad, std::nullopt);
    bad = good;
    bad.insert(i, 1, good[i]);
    refused(own(KeyKind::secret), bad, std::nullopt);
  }
  EXPECT_GE(count_, 600U);
}

TEST_F(HostileTokens, EveryTruncation) {
  for (const KeyKind kind : kKinds) {
    const std::string good = mint(good_claims(), shared_key(kind));
    const std::size_t second_dot = good.rfind('.');
    for (std::size_t size = 0; size < good.size(); ++size) {
      const bool in_signature = size > second_dot + 1;
      refused(own(kind), good.substr(0, size),
              in_signature ? std::nullopt : std::optional(AuthFailure::malformed));
    }
  }
  EXPECT_GE(count_, kTokensLeast);
}

TEST_F(HostileTokens, NoneInEveryCaseAndWithEverySignature) {
  const json claims = good_claims();
  const std::string signature = take_apart(mint(claims, shared_key(KeyKind::secret))).signature;
  for (unsigned cases = 0; cases < 16; ++cases) {
    std::string algorithm = "none";
    for (unsigned i = 0; i < 4; ++i) {
      if ((cases >> i & 1U) != 0) algorithm[i] = static_cast<char>(algorithm[i] ^ 0x20);
    }
    const std::string text = encode_base64url(json{{"alg", algorithm}, {"typ", "JWT"}}.dump()) +
                             "." + encode_base64url(claims.dump());
    for (const std::string& end : {""s, signature, "AAAA"s, encode_base64url("none")}) {
      refused(text + "." + end, AuthFailure::algorithm);
    }
    refused(text, AuthFailure::malformed);
  }
}

TEST_F(HostileTokens, AlgorithmsThatAreNone) {
  for (const json& algorithm :
       {json(""), json(" "), json("None "), json("none\0"s), json("hs256"), json("HS256 "),
        json("HS-256"), json("HS1"), json("MD5"), json("PS256"), json("PS384"), json("PS512"),
        json("EdDSA"), json("ES256K"), json("RSA-OAEP"), json("dir"), json("A128KW"),
        json(std::string(300, 'A'))}) {
    // U+0000 is a text that nothing may hold.
    const bool has_zero = algorithm.get<std::string>().find('\0') != std::string::npos;
    header_refused(json{{"alg", algorithm}}.dump(),
                   has_zero ? AuthFailure::malformed : AuthFailure::algorithm);
  }
  for (const json& algorithm :
       {json(nullptr), json(0), json(1.5), json(true), json({"HS256"}), json{{"name", "HS256"}}}) {
    header_refused(json{{"alg", algorithm}}.dump(), AuthFailure::malformed);
  }
  header_refused("{}", AuthFailure::malformed);
  header_refused(R"({"ALG":"HS256"})", AuthFailure::malformed);
}

// The public key, which everybody has, as the secret of an HMAC: in each way to write it down.
TEST_F(HostileTokens, KeyConfusion) {
  for (const KeyKind kind : {KeyKind::rsa, KeyKind::ec256, KeyKind::ec384, KeyKind::ec521}) {
    const std::string pem = shared_key(kind).public_pem;
    const std::string body = pem.substr(pem.find('\n') + 1, pem.rfind("\n--") - pem.find('\n'));
    std::string one_line = body;
    std::erase(one_line, '\n');
    std::string windows;
    for (const char c : pem) windows += c == '\n' ? "\r\n"s : std::string(1, c);
    const json jwk = tests::make_jwk(shared_key(kind));
    std::vector<std::string> secrets{pem,
                                     pem.substr(0, pem.size() - 1),
                                     pem + "\n",
                                     pem + '\0',
                                     windows,
                                     body,
                                     one_line,
                                     jwk.dump(),
                                     json{{"keys", {jwk}}}.dump(),
                                     jwk.value("n", jwk.value("x", ""s)),
                                     decode_base64url(jwk.value("n", jwk.value("x", ""s))).value(),
                                     "",
                                     "\0"s};
    for (const std::string& secret : secrets) {
      const tests::SigningKey forged{.secret = secret};
      for (const char* algorithm : {"HS256", "HS384", "HS512"}) {
        const json header{{"alg", algorithm}};
        refused(own(kind), mint(good_claims(), forged, header), AuthFailure::algorithm);
        refused(all(), mint(good_claims(), forged, header), AuthFailure::signature);
        const json access{{"alg", algorithm}, {"typ", "at+jwt"}};
        refused(own(kind), mint(good_claims(), forged, access), AuthFailure::algorithm);
        refused(all(), mint(good_claims(), forged, access), AuthFailure::signature);
      }
    }
  }
}

// Every algorithm with every other kind's key.
TEST_F(HostileTokens, AlgorithmsOfOtherKeys) {
  for (const KeyKind signer : kKinds) {
    for (const KeyKind holder : kKinds) {
      if (signer == holder) continue;
      for (const char* type : {"JWT", "at+jwt"}) {
        const json typed{{"typ", type}};
        refused(own(holder), mint(good_claims(), shared_key(signer), typed),
                AuthFailure::algorithm);
        // What it says and what it is differ: the signature is of the signer's sort.
        const std::string header =
            json{{"alg", tests::usual_algorithm(holder)}, {"typ", type}}.dump();
        const std::string forged = mint_raw(header, good_claims().dump(),
                                            tests::usual_algorithm(signer), shared_key(signer));
        refused(own(holder), forged, AuthFailure::signature);
        refused(all(), forged, AuthFailure::signature);
      }
    }
  }
  // Another hash than the one that it says.
  for (const char* said : {"HS384", "HS512"}) {
    refused(mint_raw(json{{"alg", said}}.dump(), good_claims().dump(), "HS256",
                     shared_key(KeyKind::secret)),
            AuthFailure::signature);
  }
}

TEST_F(HostileTokens, SignaturesOfOtherTokensAndOtherKeys) {
  for (const KeyKind kind : kKinds) {
    const Pieces good = take_apart(mint(good_claims(), shared_key(kind)));
    for (int i = 0; i < 20; ++i) {
      Pieces bad = take_apart(mint(with(good_claims(), "sub", i), shared_key(kind)));
      bad.signature = good.signature;
      refused(own(kind), join(bad), AuthFailure::signature);
      refused(own(kind), mint(with(good_claims(), "sub", i), shared_key(kind, true)),
              AuthFailure::signature);
    }
    for (const KeyKind other : kKinds) {
      if (other == kind) continue;
      Pieces bad = good;
      bad.signature = take_apart(mint(good_claims(), shared_key(other))).signature;
      refused(own(kind), join(bad), AuthFailure::signature);
    }
  }
}

// Numbers that ECDSA must not take: zero, the order, past it, negative in DER, cut, padded, DER.
TEST_F(HostileTokens, MalformedEcdsaSignatures) {
  for (const KeyKind kind : {KeyKind::ec256, KeyKind::ec384, KeyKind::ec521}) {
    for (const char* type : {"JWT", "at+jwt"}) {
      const Pieces good = take_apart(mint(good_claims(), shared_key(kind), {{"typ", type}}));
      const std::string octets = decode_base64url(good.signature).value();
      const std::size_t half = octets.size() / 2;
      const std::string r = octets.substr(0, half);
      const std::string s = octets.substr(half);
      const std::string zero(half, '\0');
      const std::string most(half, '\xff');
      std::string one = zero;
      one.back() = 1;
      const std::vector<std::string> forged{zero + zero,
                                            zero + s,
                                            r + zero,
                                            one + one,
                                            most + most,
                                            r + most,
                                            most + s,
                                            s + r,
                                            r + r,
                                            s + s,
                                            r,
                                            r + s + s,
                                            "\0"s + octets,
                                            octets + "\0"s,
                                            octets.substr(1),
                                            octets.substr(0, octets.size() - 1),
                                            "\0"s + r + "\0"s + s,
                                            std::string(octets.size(), '\x30'),
                                            "\x30\x06\x02\x01\x01\x02\x01\x01"s,
                                            "\x30"s,
                                            "\0"s};
      for (const std::string& signature : forged) {
        Pieces bad = good;
        bad.signature = encode_base64url(signature);
        refused(own(kind), join(bad), AuthFailure::signature);
      }
    }
  }
}

TEST_F(HostileTokens, MalformedRsaSignatures) {
  for (const char* type : {"JWT", "at+jwt"}) {
    const Pieces good = take_apart(mint(good_claims(), shared_key(KeyKind::rsa), {{"typ", type}}));
    const std::string octets = decode_base64url(good.signature).value();
    std::string one(octets.size(), '\0');
    one.back() = 1;
    for (const std::string& signature :
         {std::string(octets.size(), '\0'), one, std::string(octets.size(), '\xff'), "\0"s, "\1"s,
          "\0"s + octets, octets + "\0"s, octets.substr(1), octets + octets}) {
      Pieces bad = good;
      bad.signature = encode_base64url(signature);
      refused(own(KeyKind::rsa), join(bad), AuthFailure::signature);
    }
  }
}

TEST_F(HostileTokens, PartsThatAreNotThree) {
  const std::string good = mint(good_claims(), shared_key(KeyKind::secret));
  const Pieces pieces = take_apart(good);
  for (const std::string& bad : {""s,
                                 "."s,
                                 ".."s,
                                 "..."s,
                                 "...."s,
                                 "a"s,
                                 "a.b"s,
                                 good + ".",
                                 good + ".x",
                                 "." + good,
                                 good + "." + good,
                                 pieces.header,
                                 pieces.header + ".",
                                 pieces.header + "." + pieces.payload,
                                 pieces.header + ".." + pieces.signature,
                                 "." + pieces.payload + "." + pieces.signature,
                                 pieces.header + "." + pieces.payload + ".",
                                 pieces.header + "..",
                                 ".." + pieces.signature,
                                 good + "...",
                                 "Bearer " + good,
                                 " " + good,
                                 good + " ",
                                 good + "\n",
                                 good + "\0"s,
                                 "\""s + good + "\"",
                                 pieces.payload + "." + pieces.header + "." + pieces.signature}) {
    refused(bad, AuthFailure::malformed);
  }
  for (std::size_t dots = 0; dots < kTokenBytesMax; dots += 100) {
    refused(std::string(dots, '.'), AuthFailure::malformed);
    if (dots != 0) refused(good + std::string(dots, '.'), AuthFailure::malformed);
  }
}

TEST_F(HostileTokens, Base64ThatIsNotOurs) {
  const Pieces good = take_apart(mint(good_claims(), shared_key(KeyKind::secret)));
  for (std::string Pieces::* part : {&Pieces::header, &Pieces::payload, &Pieces::signature}) {
    for (const std::string& end :
         {"="s, "=="s, "==="s, "===="s, "A==="s, "+"s, "/"s, "\n"s, "\r\n"s, " "s, "\t"s, "\0"s,
          "%3D"s, "!"s, "\xc3\xa9"s, "\xff"s}) {
      Pieces bad = good;
      bad.*part += end;
      refused(join(bad), AuthFailure::malformed);
      bad = good;
      (bad.*part).insert(0, end);
      refused(join(bad), AuthFailure::malformed);
      bad = good;
      (bad.*part).insert((bad.*part).size() / 2, end);
      refused(join(bad), AuthFailure::malformed);
    }
  }
  // 43 characters hold 32 octets and two bits that are nobody's: the other three spellings of them.
  ASSERT_EQ(good.signature.size(), 43U);
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const std::size_t last = kAlphabet.find(good.signature.back());
  for (std::size_t spare = 1; spare < 4; ++spare) {
    Pieces bad = good;
    bad.signature.back() = kAlphabet[last | spare];
    refused(join(bad), AuthFailure::malformed);
  }
}

TEST_F(HostileTokens, Huge) {
  for (const std::size_t size : {kTokenBytesMax + 1, std::size_t{65'536}, std::size_t{1} << 22}) {
    refused(std::string(size, 'A'), AuthFailure::malformed);
    refused(std::string(size, '.'), AuthFailure::malformed);
    claims_refused(with(good_claims(), "pad", std::string(size, 'p')), AuthFailure::malformed);
    header_refused(json{{"alg", "HS256"}, {"pad", std::string(size, 'p')}}.dump(),
                   AuthFailure::malformed);
  }
}

TEST_F(HostileTokens, HeadersThatAreNoObject) {
  for (const std::string& header : {"null"s,
                                    "true"s,
                                    "0"s,
                                    "\"HS256\""s,
                                    "[]"s,
                                    R"([{"alg":"HS256"}])"s,
                                    "{"s,
                                    "{}}"s,
                                    R"({"alg":"HS256")"s,
                                    R"({"alg":"HS256"}})"s,
                                    R"({"alg":"HS256"} x)"s,
                                    R"({'alg':'HS256'})"s,
                                    R"({alg:"HS256"})"s,
                                    R"({"alg":"HS256",})"s,
                                    "{\"alg\":\"HS256\"}\0"s,
                                    "{\"alg\":\"HS256\"}\0{}"s,
                                    "\xef\xbb\xbf{\"alg\":\"HS256\"}"s,
                                    "{\"alg\":\"HS256\",\"x\":\"\xff\"}"s,
                                    "{\"alg\":\"HS256\",\"x\":\"\n\"}"s,
                                    R"({"alg":"HS256","x":1e999})"s,
                                    R"({"alg":"HS256","x":18446744073709551616})"s,
                                    R"({"alg":"HS256","x":NaN})"s,
                                    R"({"alg":"HS256","x":01})"s,
                                    R"({"alg":"HS256"/**/})"s,
                                    R"({"alg":"HS256","x":"\ud800"})"s}) {
    header_refused(header, AuthFailure::malformed);
    if (header.find("HS256") == std::string::npos) payload_refused(header, AuthFailure::malformed);
  }
}

TEST_F(HostileTokens, NamesThatComeTwice) {
  for (const char* header :
       {R"({"alg":"HS256","alg":"HS256"})", R"({"alg":"none","alg":"HS256"})",
        R"({"alg":"HS256","alg":"none"})", R"({"alg":"HS256","\u0061lg":"none"})",
        R"({"alg":"HS256","kid":"a","kid":"b"})", R"({"alg":"HS256","x":{"y":1,"y":2}})"}) {
    header_refused(header, AuthFailure::malformed);
  }
  const std::string claims = good_claims().dump();
  const std::string open = claims.substr(0, claims.size() - 1);
  for (const std::string& name : {"sub"s, "exp"s, "iss"s, "aud"s, "tenantId"s, "iat"s}) {
    payload_refused(open + ",\"" + name + "\":\"other\"}", AuthFailure::malformed);
    payload_refused(open + ",\"" + name + "\":" + good_claims()[name].dump() + "}",
                    AuthFailure::malformed);
  }
  payload_refused(open + R"(,"s\u0075b":"admin"})", AuthFailure::malformed);
  payload_refused(open + R"(,"deep":[{"a":{"b":1,"b":1}}]})", AuthFailure::malformed);
}

TEST_F(HostileTokens, JsonThatIsDeep) {
  for (std::size_t depth = kTokenJsonDepthMax; depth < 1'200; depth += 37) {
    const std::string arrays = std::string(depth, '[') + std::string(depth, ']');
    std::string objects;
    for (std::size_t i = 0; i < depth / 5; ++i) objects += R"({"a":)";
    objects += "1" + std::string(depth / 5, '}');
    header_refused(R"({"alg":"HS256","x":)" + arrays + "}", AuthFailure::malformed);
    payload_refused(R"({"sub":"u","x":)" + arrays + "}", AuthFailure::malformed);
    payload_refused(R"({"sub":"u","x":)" + std::string(depth, '[') + "}", AuthFailure::malformed);
    if (depth / 5 >= kTokenJsonDepthMax) {
      payload_refused(R"({"sub":"u","x":)" + objects + "}", AuthFailure::malformed);
    }
  }
}

// Ids that would reach a file, a table or a shell, had anything looked them up there.
TEST_F(HostileTokens, KeyIdsThatInject) {
  json jwk = tests::make_jwk(shared_key(KeyKind::secret));
  jwk["kid"] = "main";
  const KeySet keys = KeySet::from_jwks(json{{"keys", {jwk}}}.dump()).take();
  const TokenVerifier verifier(good_rules(), std::make_shared<KeySet>(keys));
  for (const char* id : {"../../../../dev/null",
                         "/dev/null",
                         "/proc/sys/kernel/randomize_va_space",
                         "main/../main",
                         "' OR '1'='1",
                         "main' --",
                         "x' UNION SELECT 'AA",
                         "'; DROP TABLE keys; --",
                         "$(id)",
                         "`id`",
                         "|/bin/true",
                         "main\n",
                         "main ",
                         " main",
                         "MAIN",
                         "*",
                         "%",
                         "file:///etc/passwd",
                         "http://127.0.0.1/key",
                         "${jndi:ldap://x/a}",
                         "{{7*7}}",
                         "-----BEGIN PUBLIC KEY-----"}) {
    for (const tests::SigningKey* signer :
         {&shared_key(KeyKind::secret), &shared_key(KeyKind::secret, true)}) {
      refused(verifier, mint(good_claims(), *signer, {{"kid", id}}), AuthFailure::unknown_key);
    }
    const tests::SigningKey empty{.secret = ""};
    refused(verifier, mint(good_claims(), empty, {{"kid", id}}), AuthFailure::unknown_key);
  }
  refused(verifier, mint(good_claims(), tests::SigningKey{.secret = ""}, {{"kid", "main"}}),
          AuthFailure::signature);
  refused(verifier, mint(good_claims(), shared_key(KeyKind::secret), {{"kid", "main\0"s}}),
          AuthFailure::malformed);
  for (const json& id : {json(nullptr), json(1), json(true), json({"main"}), json{{"a", "main"}}}) {
    refused(verifier, mint(good_claims(), shared_key(KeyKind::secret), {{"kid", id}}),
            AuthFailure::malformed);
  }
  EXPECT_TRUE(std::holds_alternative<Identity>(
      verifier.verify(mint(good_claims(), shared_key(KeyKind::secret), {{"kid", "main"}}), kNow)));
}

// A header that brings its own key, or says where to fetch one.
TEST_F(HostileTokens, KeysInTheHeaderAreIgnored) {
  for (const KeyKind kind : kKinds) {
    const tests::SigningKey& forger = shared_key(kind, true);
    const std::string public_text =
        kind == KeyKind::secret ? encode_base64url(forger.secret) : forger.public_pem;
    for (const json& header :
         {json{{"jwk", tests::make_jwk(forger)}}, json{{"jku", "https://evil.example/jwks.json"}},
          json{{"jku", "http://127.0.0.1:1/"}}, json{{"x5u", "https://evil.example/c.pem"}},
          json{{"x5c", {encode_base64url(public_text)}}}, json{{"x5t", "AAAA"}},
          json{{"x5t#S256", "AAAA"}}, json{{"key", public_text}}, json{{"pem", public_text}},
          json{{"jwk", {{"kty", "oct"}, {"k", ""}}}}}) {
      refused(own(kind), mint(good_claims(), forger, header), AuthFailure::signature);
      refused(all(), mint(good_claims(), forger, header), AuthFailure::signature);
      // And they do no harm where the key is ours.
      EXPECT_TRUE(std::holds_alternative<Identity>(
          own(kind).verify(mint(good_claims(), shared_key(kind), header), kNow)));
    }
  }
}

TEST_F(HostileTokens, ExtensionsThatMustBeUnderstood) {
  for (const json& critical : {json({"b64"}), json({"exp"}), json(json::array()), json("b64"),
                               json(nullptr), json({"x", "y"}), json(1), json{{"b64", false}}}) {
    header_refused(json{{"alg", "HS256"}, {"crit", critical}, {"b64", false}}.dump(),
                   AuthFailure::malformed);
    header_refused(json{{"alg", "none"}, {"crit", critical}}.dump(), AuthFailure::malformed);
  }
}

TEST_F(HostileTokens, TypesOfOtherSorts) {
  for (const json& type : {json("JWE"), json("id_token+jwt"), json("dpop+jwt"), json("logout+jwt"),
                           json("JWT "), json(""), json(1), json(nullptr), json({"JWT"}),
                           json("jwt\0"s), json("application/jwt+x")}) {
    header_refused(json{{"alg", "HS256"}, {"typ", type}}.dump(), AuthFailure::malformed);
  }
}

// Each claim with each type that it may not have.
TEST_F(HostileTokens, ClaimsOfWrongTypes) {
  const std::vector<json> values{nullptr,
                                 true,
                                 false,
                                 1,
                                 -1,
                                 1.5,
                                 "text",
                                 json::array(),
                                 {1, 2},
                                 {"a", nullptr},
                                 json({}),
                                 {{"a", "b"}},
                                 json({json({})}),
                                 {{{"a", 1}}}};
  const auto is_text = [](const json& v) { return v.is_string(); };
  const auto is_list = [](const json& v) {
    return v.is_string() ||
           (v.is_array() && std::ranges::all_of(v, [](const json& e) { return e.is_string(); }));
  };
  for (const json& value : values) {
    const auto wrong = [&](const char* claim) {
      claims_refused(with(good_claims(), claim, value), AuthFailure::claims);
    };
    for (const char* claim : {"exp", "nbf", "iat"}) {
      if (!value.is_number() || value.get<double>() < 0) wrong(claim);
    }
    if (!is_text(value)) {
      for (const char* claim : {"tenantId", "name", "jti", "userType", "iss"}) wrong(claim);
    }
    if (!is_text(value) && !value.is_number_integer()) wrong("sub");
    if (!is_list(value)) {
      for (const char* claim : {"roles", "permissions", "aud"}) wrong(claim);
    }
  }
}

TEST_F(HostileTokens, TimesAtTheEdges) {
  const std::string claims = with(good_claims(), "exp", "@").dump();
  const auto at = [&](const std::string& number, AuthFailure why) {
    std::string text = claims;
    payload_refused(text.replace(text.find("\"@\""), 3, number), why);
  };
  for (const char* number : {"-1",
                             "-0.5",
                             "-1e300",
                             "-9223372036854775808",
                             "253402300800",
                             "1800000600000",
                             "1e12",
                             "1e300",
                             "9223372036854775807",
                             "9223372036854775808",
                             "18446744073709551615",
                             "18446744073709551616",
                             "-9223372036854775809",
                             "1e999",
                             "-1e999",
                             "99999999999999999999999999999999999999",
                             "\"1800000600\"",
                             "null",
                             "true",
                             "[1800000600]",
                             "{}"}) {
    at(number, AuthFailure::claims);
  }
  for (const char* number : {"0", "-0", "0.0", "-0.0", "1", "1e-400", "0.999", "1799999970",
                             "1799999970.999", "1.79999997e9"}) {
    at(number, AuthFailure::expired);
  }
  for (const char* number : {"NaN", "Infinity", "0x6B49D200", "+1800000600", "1800000600.", "1e",
                             "01800000600", "1_800_000_600", ".5"}) {
    at(number, AuthFailure::malformed);
  }
  for (const std::int64_t late : {31, 60, 3600, 86'400 * 365}) {
    claims_refused(with(good_claims(), "nbf", kNow + late), AuthFailure::not_yet_valid);
    claims_refused(with(good_claims(), "iat", kNow + late), AuthFailure::not_yet_valid);
    claims_refused(with(good_claims(), "exp", kNow - late), AuthFailure::expired);
  }
}

TEST_F(HostileTokens, IssuersAndAudiencesOfOthers) {
  for (const char* issuer :
       {"", "https://id.example.com/", "https://id.example.com.evil.com", "http://id.example.com",
        "https://ID.example.com", " https://id.example.com", "https://id.example.com#",
        "https://id.example.co"}) {
    claims_refused(with(good_claims(), "iss", issuer), AuthFailure::issuer);
  }
  claims_refused(with(good_claims(), "iss", "https://id.example.com\0"s), AuthFailure::claims);
  for (const json& audience :
       {json(""), json("Millrace"), json("millrace2"), json("mill"), json("millrace other"),
        json(json::array()), json({"other"}), json({"", "millrac"}), json("*")}) {
    claims_refused(with(good_claims(), "aud", audience), AuthFailure::audience);
  }
  for (const char* claim : {"iss", "aud", "exp", "sub"}) {
    json claims = good_claims();
    claims.erase(claim);
    AuthFailure why = AuthFailure::claims;
    if (claim == "iss"s) why = AuthFailure::issuer;
    if (claim == "aud"s) why = AuthFailure::audience;
    claims_refused(claims, why);
  }
}

TEST_F(HostileTokens, NamesWithCharactersThatSteer) {
  for (int octet = 0; octet < 0x20; ++octet) {
    const std::string bad = "a"s + static_cast<char>(octet) + "b";
    for (const char* claim : {"sub", "tenantId", "name", "jti", "roles", "permissions"}) {
      claims_refused(with(good_claims(), claim, bad), AuthFailure::claims);
    }
    claims_refused(with(good_claims(), "roles", {"good", bad}), AuthFailure::claims);
    // Raw, JSON has none of them but white space between its tokens.
    payload_refused("{\"sub\":\"" + bad + "\"}", AuthFailure::malformed);
  }
  for (const char* tenant :
       {"a/b", "../x", "a b", "a:b", "a*", "a{b}", "\xc3\xa9", "a\x7f", "a,b", "a\"b", "a\\b"}) {
    claims_refused(with(good_claims(), "tenantId", tenant), AuthFailure::claims);
  }
  for (const char* user : {"", "\x7f", "a\xc2\x80", "\xc2\x9b"}) {
    claims_refused(with(good_claims(), "sub", user), AuthFailure::claims);
  }
}

TEST_F(HostileTokens, ClaimsPastTheirBounds) {
  const auto text = [](std::size_t size) { return std::string(size, 'x'); };
  claims_refused(with(good_claims(), "sub", text(kUserBytesMax + 1)), AuthFailure::claims);
  claims_refused(with(good_claims(), "tenantId", text(kTenantBytesMax + 1)), AuthFailure::claims);
  claims_refused(with(good_claims(), "name", text(kDisplayNameBytesMax + 1)), AuthFailure::claims);
  claims_refused(with(good_claims(), "jti", text(kTokenIdBytesMax + 1)), AuthFailure::claims);
  const std::vector<std::string> many(kPermissionsMost + 1, "p");
  claims_refused(with(good_claims(), "permissions", many), AuthFailure::claims);
  claims_refused(with(good_claims(), "roles", many), AuthFailure::claims);
  claims_refused(with(good_claims(), "roles", {text(kRoleBytesMax + 1)}), AuthFailure::claims);
  claims_refused(with(good_claims(), "roles", {""}), AuthFailure::claims);
}

// Noise: text of the right shape, and good tokens cut and joined at random.
TEST_F(HostileTokens, Noise) {
  base::Prng prng(12);
  std::vector<std::string> good;
  for (const KeyKind kind : kKinds) good.push_back(mint(good_claims(), shared_key(kind)));
  for (int i = 0; i < 2'000; ++i) {
    std::string noise;
    for (std::uint64_t left = prng.below(200); left > 0; --left) {
      noise += prng.chance(0.05)
                   ? '.'
                   : encode_base64url(std::string(1, static_cast<char>(prng.below(256))))[0];
    }
    refused(all(), noise, std::nullopt);
    const std::string& front = good[prng.below(good.size())];
    const std::string& back = good[prng.below(good.size())];
    const std::string joined =
        front.substr(0, prng.below(front.size())) + back.substr(prng.below(back.size()));
    if (std::ranges::find(good, joined) == good.end()) refused(all(), joined, std::nullopt);
  }
  EXPECT_GE(count_, kTokensLeast);
}

}  // namespace
}  // namespace app
