// Thousands of hostile tokens, in families, each made from a good one: none may speak for anybody.
//
// Where the family decides what a token is refused for, exactly that is asked for. Where a turned
// bit decides, any refusal will do. The same seed makes the same tokens, but for ECDSA's
// signatures.
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "app/auth/base64url.h"
#include "app/gateway_limits.h"
#include "base/prng.h"
#include "tests/app/auth/hostile_tokens.h"

namespace app {
namespace {

using namespace std::literals;
using nlohmann::json;
using tests::encode_base64url;
using tests::mint;
using tests::mint_raw;
using tests::shared_key;

constexpr std::size_t kTokensLeast = 1'000;

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
