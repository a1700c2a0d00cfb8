// Tokens whose signature fits, and whose header or claims nobody should believe: refused, each for
// what is wrong with it. An issuer that was talked into signing them is no excuse.
#include <gtest/gtest.h>

#include <algorithm>

#include "app/gateway_limits.h"
#include "tests/app/auth/hostile_tokens.h"

namespace app {
namespace {

using namespace std::literals;
using nlohmann::json;

using HostileClaims = HostileTokens;

TEST_F(HostileClaims, Huge) {
  for (const std::size_t size : {kTokenBytesMax + 1, std::size_t{65'536}, std::size_t{1} << 22}) {
    refused(std::string(size, 'A'), AuthFailure::malformed);
    refused(std::string(size, '.'), AuthFailure::malformed);
    claims_refused(with(good_claims(), "pad", std::string(size, 'p')), AuthFailure::malformed);
    header_refused(json{{"alg", "HS256"}, {"pad", std::string(size, 'p')}}.dump(),
                   AuthFailure::malformed);
  }
}

TEST_F(HostileClaims, HeadersThatAreNoObject) {
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

TEST_F(HostileClaims, NamesThatComeTwice) {
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

TEST_F(HostileClaims, JsonThatIsDeep) {
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

TEST_F(HostileClaims, ExtensionsThatMustBeUnderstood) {
  for (const json& critical : {json({"b64"}), json({"exp"}), json(json::array()), json("b64"),
                               json(nullptr), json({"x", "y"}), json(1), json{{"b64", false}}}) {
    header_refused(json{{"alg", "HS256"}, {"crit", critical}, {"b64", false}}.dump(),
                   AuthFailure::malformed);
    header_refused(json{{"alg", "none"}, {"crit", critical}}.dump(), AuthFailure::malformed);
  }
}

TEST_F(HostileClaims, TypesOfOtherSorts) {
  for (const json& type : {json("JWE"), json("id_token+jwt"), json("dpop+jwt"), json("logout+jwt"),
                           json("JWT "), json(""), json(1), json(nullptr), json({"JWT"}),
                           json("jwt\0"s), json("application/jwt+x")}) {
    header_refused(json{{"alg", "HS256"}, {"typ", type}}.dump(), AuthFailure::malformed);
  }
}

// Each claim with each type that it may not have.
TEST_F(HostileClaims, ClaimsOfWrongTypes) {
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

TEST_F(HostileClaims, TimesAtTheEdges) {
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

TEST_F(HostileClaims, IssuersAndAudiencesOfOthers) {
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

TEST_F(HostileClaims, NamesWithCharactersThatSteer) {
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

TEST_F(HostileClaims, ClaimsPastTheirBounds) {
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

}  // namespace
}  // namespace app
