#include "app/auth/service_answer.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace app {
namespace {

using Kind = ServiceVerdict::Kind;

ServiceVerdict read(const std::string& body, int status = 200, const TokenRules& rules = {}) {
  return read_service_answer({.outcome = HttpOutcome::ok, .status = status, .body = body}, rules);
}

Identity identity(const std::string& body, const TokenRules& rules = {}) {
  ServiceVerdict verdict = read(body, 200, rules);
  EXPECT_EQ(verdict.kind, Kind::admitted) << body << ": " << verdict.failure;
  return std::move(verdict.identity);
}

TEST(ServiceAnswer, GivesAllThatItSaysOfTheUser) {
  const Identity ann = identity(
      R"({"user":{"id":"ann","tenantId":"acme","name":"Ann","userType":"supervisor",
          "roles":["a","b"],"permissions":"chat:read  chat:send ","expiresAt":1900000000.5,
          "iat":1700000000,"jti":"t1","more":{"is":["ignored"]}},"took":3})");
  EXPECT_EQ(ann.user, "ann");
  EXPECT_EQ(ann.tenant, "acme");
  EXPECT_EQ(ann.display_name, "Ann");
  EXPECT_EQ(ann.type, UserType::supervisor);
  EXPECT_EQ(ann.roles, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(ann.permissions, (std::vector<std::string>{"chat:read", "chat:send"}));
  EXPECT_EQ(ann.expires_at, 1'900'000'000);
  EXPECT_EQ(ann.issued_at, 1'700'000'000);
  EXPECT_EQ(ann.token_id, "t1");
}

TEST(ServiceAnswer, MayNameTheUserInSeveralWays) {
  for (const char* body : {R"({"user":{"id":"ann"}})", R"({"user":{"sub":"ann"}})",
                           R"({"user":{"userId":"ann"}})", R"({"id":"ann"})", R"({"sub":"ann"})"}) {
    EXPECT_EQ(identity(body).user, "ann") << body;
    EXPECT_EQ(identity(body).tenant, "default");
    EXPECT_EQ(identity(body).type, UserType::employee);
    EXPECT_EQ(identity(body).expires_at, 0);
  }
  EXPECT_EQ(identity(R"({"user":{"id":42,"tenantId":7}})").user, "42");
  EXPECT_EQ(identity(R"({"user":{"id":42,"tenantId":7}})").tenant, "7");
  EXPECT_EQ(identity(R"({"user":{"id":"ann","name":null,"roles":null}})").user, "ann");
  EXPECT_EQ(identity(R"({"user":{"id":"ann"},"exp":1900000000})").expires_at, 1'900'000'000);
}

TEST(ServiceAnswer, GoesByTheConfiguredNamesFirst) {
  TokenRules rules;
  rules.claims.user = "profile.login";
  rules.claims.tenant = "org";
  const std::string body = R"({"user":{"id":1,"profile":{"login":"ann"},"org":"acme"}})";
  EXPECT_EQ(identity(body, rules).user, "ann");
  EXPECT_EQ(identity(body, rules).tenant, "acme");
  EXPECT_EQ(identity(R"({"user":{"id":1,"tenantId":"b"}})", rules).tenant, "b");
}

TEST(ServiceAnswer, RefusesInSeveralWays) {
  for (const int status : {400, 401, 403, 404, 410, 422}) {
    EXPECT_EQ(read(R"({"user":{"id":"ann"}})", status).kind, Kind::refused) << status;
  }
  for (const char* body :
       {R"({"user":null})", R"({"valid":false})", R"({"active":false,"user":{"id":"ann"}})"}) {
    EXPECT_EQ(read(body).kind, Kind::refused) << body;
  }
}

TEST(ServiceAnswer, FailsWhereItIsNotToBeBelieved) {
  const std::vector<std::string> lies = {
      "",
      "null",
      "[]",
      "42",
      "\"ann\"",
      "{",
      "<html><body>Log in</body></html>",
      "{}",
      R"({"user":"ann"})",
      R"({"user":[]})",
      R"({"user":{}})",
      R"({"user":{"id":""}})",
      R"({"user":{"id":{}}})",
      R"({"user":{"id":1.5}})",
      R"({"user":{"id":true}})",
      R"({"user":{"id":"ann\u0000"}})",
      R"({"user":{"id":"ann","tenantId":"a/b"}})",
      R"({"user":{"id":"ann","tenantId":[]}})",
      R"({"user":{"id":"ann","roles":{}}})",
      R"({"user":{"id":"ann","roles":[1]}})",
      R"({"user":{"id":"ann","roles":[""]}})",
      R"({"user":{"id":"ann","userType":"king"}})",
      R"({"user":{"id":"ann","expiresAt":"tomorrow"}})",
      R"({"user":{"id":"ann","expiresAt":-1}})",
      R"({"user":{"id":"ann","expiresAt":1900000000000}})",  // Milliseconds.
      R"({"user":{"id":"ann"},"exp":[]})",
      R"({"user":{"id":")" + std::string(kUserBytesMax + 1, 'x') + R"("}})",
      R"({"user":{"id":")"
      "\xff"
      R"("}})",
      std::string(60'000, '['),
  };
  for (const std::string& lie : lies) {
    EXPECT_EQ(read(lie).kind, Kind::failed) << lie;
    EXPECT_FALSE(read(lie).failure.empty()) << lie;
  }
  std::string many = R"({"user":{"id":"ann","roles":["r")";
  for (std::size_t i = 0; i < kRolesMost; ++i) many += ",\"r\"";
  EXPECT_EQ(read(many + "]}}").kind, Kind::failed);
}

TEST(ServiceAnswer, FailsWhereTheServiceIsDown) {
  for (const int status : {100, 204, 301, 302, 405, 429, 500, 502, 503, 504}) {
    EXPECT_EQ(read(R"({"user":{"id":"ann"}})", status).kind, Kind::failed) << status;
  }
  for (const HttpOutcome outcome : {HttpOutcome::timed_out, HttpOutcome::unreachable,
                                    HttpOutcome::broken, HttpOutcome::too_large}) {
    const HttpAnswer answer{.outcome = outcome, .status = 200, .body = R"({"id":"ann"})"};
    const ServiceVerdict verdict = read_service_answer(answer, {});
    EXPECT_EQ(verdict.kind, Kind::failed);
    EXPECT_EQ(verdict.failure, name(outcome));
  }
}

TEST(ServiceAnswer, MayHaveToNameATenant) {
  TokenRules rules;
  rules.default_tenant.clear();
  EXPECT_EQ(read(R"({"user":{"id":"ann"}})", 200, rules).kind, Kind::failed);
  EXPECT_EQ(read(R"({"user":{"id":"ann","tenantId":"t"}})", 200, rules).kind, Kind::admitted);
}

}  // namespace
}  // namespace app
