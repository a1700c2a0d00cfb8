#include <gmock/gmock.h>

#include "app/config/options.h"
#include "app/config/setting_value.h"
#include "tests/app/config/config_said.h"

namespace app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class Precedence : public ConfigTest {};

TEST_F(Precedence, FlagsBeforeEnvironmentBeforeFileBeforeDefaults) {
  const std::string file = write("millrace.toml", "[server]\nconnections = 2\nraw = true\n");
  EXPECT_EQ(options_of({}).connections, base::kConnectionsDefault);
  EXPECT_EQ(options_of({"--config", file}).connections, 2U);
  say("MILLRACE_SERVER_CONNECTIONS", "3");
  const Options said = options_of({"--config", file});
  EXPECT_EQ(said.connections, 3U);
  EXPECT_TRUE(said.raw) << "what the environment does not say, the file does";
  EXPECT_EQ(options_of({"--config", file, "--connections", "4"}).connections, 4U);
}

TEST_F(Precedence, ListsAreReplacedNotAppended) {
  const std::string file = write("millrace.toml", "auth.audiences = ['a', 'b']");
  EXPECT_THAT(options_of({"--config", file}).auth.token.audiences, ElementsAre("a", "b"));
  say("MILLRACE_AUTH_AUDIENCES", "c, d,");
  EXPECT_THAT(options_of({"--config", file}).auth.token.audiences, ElementsAre("c", "d"));
  EXPECT_THAT(options_of({"--config", file, "--auth-audiences", "e", "--auth-audiences", "f,g"})
                  .auth.token.audiences,
              ElementsAre("e", "f,g"));
}

TEST_F(Precedence, TheFileMayBeNamedByTheEnvironment) {
  say("MILLRACE_CONFIG", write("first.toml", "server.connections = 5"));
  EXPECT_EQ(options_of({}).connections, 5U);
  const std::string second = write("second.toml", "server.connections = 6");
  EXPECT_EQ(options_of({"--config", second}).connections, 6U);
}

TEST_F(Precedence, AnEmptyVariableSaysNothingAndOthersAreNotOurs) {
  say("MILLRACE_SERVER_CONNECTIONS", "");
  say("MILLRACE_SERVICE_HOST", "10.0.0.1");  // As Kubernetes makes them.
  say("MILLRACE_PORT", "tcp://10.0.0.1:80");
  EXPECT_EQ(options_of({}).connections, base::kConnectionsDefault);
}

TEST_F(Precedence, MistakesNameWhoSaidIt) {
  say("MILLRACE_SERVER_CONNECTIONS", "many");
  EXPECT_EQ(mistakes_of({}),
            "MILLRACE_SERVER_CONNECTIONS=many: must be a whole number from 1 to 16000000\n");
  EXPECT_EQ(mistakes_of({"--connections", "0"}),
            "--connections 0: must be a whole number from 1 to 16000000\n");
  EXPECT_EQ(mistakes_of({"--shards", "0", "--connections", "0"}),
            "--shards 0: must be a whole number from 1 to 256\n")
      << "of flags the first is told";
}

TEST_F(Precedence, SecretsHaveNoFlagAndAreNeverRepeated) {
  EXPECT_THAT(mistakes_of({"--auth-secret", "hunter2"}), HasSubstr("--auth-secret"));
  EXPECT_THAT(mistakes_of({"--admin-api-key", "x"}), HasSubstr("--admin-api-key"));
  say("MILLRACE_AUTH_SECRET", "hunter2\x01");
  EXPECT_EQ(mistakes_of({}), "MILLRACE_AUTH_SECRET=***: must be without control characters\n");
  say("MILLRACE_AUTH_SECRET", "hunter2hunter2hunter2hunter2hunter2");
  say("MILLRACE_ADMIN_API_KEY", "short");
  EXPECT_EQ(mistakes_of({}), "MILLRACE_ADMIN_API_KEY=***: an API key has at least 16 characters\n");
  say("MILLRACE_ADMIN_API_KEY", "0123456789abcdef");
  for (const char* flag : {"--check-config", "--print-config"}) {
    const std::string report = report_of({flag, "--auth-mode", "token"});
    EXPECT_THAT(report, Not(HasSubstr("hunter2")));
    EXPECT_THAT(report, Not(HasSubstr("0123456789abcdef")));
  }
}

TEST_F(Precedence, CheckConfigSaysWhatDiffersAndWhoSaidSo) {
  const std::string file = write("millrace.toml",
                                 "[server]\nconnections = 7\nheartbeat = '30s'\n"
                                 "[[access]]\npattern = 'a.*'\njoin = ['*', 'role:x']\n");
  say("MILLRACE_AUTH_SECRET", "hunter2hunter2hunter2hunter2hunter2");
  EXPECT_EQ(report_of({"--check-config", "--config", file, "--limits-user-messages", "1/s"}),
            "configuration is good\n"
            "server.connections = 7  (" +
                file +
                ":2:15)\n"
                "auth.secret = ***  (MILLRACE_AUTH_SECRET)\n"
                "limits.user_messages = \"1/s\"  (--limits-user-messages)\n"
                "access: pattern = \"a.*\", join = [\"*\", \"role:x\"]  (" +
                file + ":4:1)\n");
}

TEST_F(Precedence, WhatIsPrintedIsAFileThatSaysTheSame) {
  const std::string file =
      write("millrace.toml",
            "[server]\nlisten = ['127.0.0.1:1', '[::1]:1']\nmax_message = 65536\n[auth]\nissuer = "
            "'a\"b\\c'\naudiences = ['x']\n[auth.claims]\nuser = 'uid'\n[limits]\ntenant_weights = "
            "{acme = 2.5}\n[[access]]\npattern = '{user}'\nsend = ['*']\n");
  const std::string printed = report_of({"--print-config", "--config", file});
  const std::string copy = write("copy.toml", printed);
  const Options first = options_of({"--config", file});
  const Options second = options_of({"--config", copy});
  for (const char* path : {"server.listen", "server.max_message", "auth.issuer", "auth.audiences",
                           "auth.claims.user", "limits.tenant_weights", "server.shards"}) {
    EXPECT_EQ(first.values.of(path).texts, second.values.of(path).texts) << path;
  }
  ASSERT_EQ(second.values.access().size(), 1U);
  EXPECT_EQ(second.values.access()[0].rule, first.values.access()[0].rule);
}

// Whatever a text has in it: a rule must not become another.
TEST_F(Precedence, RulesArePrintedAsTheyAre) {
  const std::string file = write(
      "millrace.toml",
      "[limits]\ntenant_weights = {\"a\\\\b\" = 2}\n"
      "[[access]]\npattern = 'x\\ty \"quoted\"'\njoin = ['role:a\"b\\n', 'permission:c\\\\']\n"
      "[[access]]\npattern = \"caf\u00e9 \U0001F600 *\"\nsend = [\"role:t\u00e4\"]\n");
  const Options first = options_of({"--config", file});
  const std::string copy = write("copy.toml", report_of({"--print-config", "--config", file}));
  const Options second = options_of({"--config", copy});
  EXPECT_EQ(second.limits.tenant_weights, first.limits.tenant_weights);
  ASSERT_EQ(first.values.access().size(), 2U);
  ASSERT_EQ(second.values.access().size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(second.values.access()[i].rule, first.values.access()[i].rule) << i;
  }
  EXPECT_EQ(second.access, first.access);
}

TEST_F(Precedence, ControlCharactersAreQuoted) {
  EXPECT_EQ(toml_string(std::string("a\"b\\c\t\x01\x7f\0z", 10)),
            R"("a\"b\\c\u0009\u0001\u007F\u0000z")");
  EXPECT_EQ(toml_string("caf\u00e9"), "\"caf\u00e9\"");
}

}  // namespace
}  // namespace app
