#include "app/config/config_file.h"

#include <gmock/gmock.h>

#include "app/gateway_limits.h"
#include "base/prng.h"
#include "tests/app/config/config_said.h"

namespace app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class ConfigFile : public ConfigTest {};

TEST_F(ConfigFile, SaysWhatFlagsSay) {
  const Options options = options_of_file(R"(
[server]
listen = ["127.0.0.1:9000", "[::1]:9000"]
shards = 1
connections = 100
raw = true
room_affinity = false
max_message = "64KiB"
send_queue = 65536
heartbeat = "5s"
[rooms]
policies = ["ticks.*=latest", "typing.*=ephemeral"]
history_for = "0s"
tenant_room = false
[log]
level = "debug"
format = "json"
sample = 10
[drain]
timeout = "20s"
reconnect_after_min = "2s"
)");
  EXPECT_EQ(options.listen.size(), 2U);
  EXPECT_FALSE(options.listen_is_default);
  EXPECT_EQ(options.connections, 100U);
  EXPECT_TRUE(options.raw);
  EXPECT_FALSE(options.session.relocate);
  EXPECT_EQ(options.session.message_bytes_max, 65536U);
  EXPECT_EQ(options.session.send_queue_bytes_max, 65536U);
  EXPECT_EQ(options.session.heartbeat_interval, std::chrono::seconds{5});
  EXPECT_EQ(options.park_after, std::chrono::milliseconds{2500});
  EXPECT_EQ(options.room_settings.history_for, base::Duration{});
  EXPECT_FALSE(options.room_settings.tenant_room);
  EXPECT_EQ(options.log_level, base::LogLevel::debug);
  EXPECT_EQ(options.log_format, base::LogFormat::json);
  EXPECT_EQ(options.log_sample, 10U);
  EXPECT_EQ(options.drain_grace, std::chrono::seconds{20});
  EXPECT_EQ(options.reconnect_after_min, std::chrono::seconds{2});
  EXPECT_EQ(options.reconnect_after_max, std::chrono::seconds{10});
}

TEST_F(ConfigFile, AnEmptyOneSaysNothing) {
  for (const char* text : {"", "\n\n# nothing\n", "[server]\n[auth.claims]\n", "access = []\n"}) {
    EXPECT_TRUE(options_of_file(text).listen_is_default) << text;
  }
}

TEST_F(ConfigFile, OneTextIsAListOfOne) {
  EXPECT_EQ(options_of_file("server.listen = '127.0.0.1:1'").listen.size(), 1U);
}

TEST_F(ConfigFile, Limits) {
  const LimitOptions limits = options_of_file(R"(
[limits]
guest_messages = "30/min"
connection_messages = "50/s burst 500"
connection_bytes = "64KiB/s burst 1MiB"
user_bytes = "2KiB/s"
user_joins = "2/s"
tenant_bytes = "3KiB/s"
tenant_joins = "3/s"
address_messages = "4/s"
address_connections = "off"
address_handshakes = "5/s burst 10"
total_messages = "1000/s"
tenant_weights = {acme = 3, "b.c" = 0.5}
message_bytes = "8KiB"
errors_per_minute = 0
)")
                                  .limits;
  EXPECT_DOUBLE_EQ(limits.guest_messages.per_second, 0.5);
  EXPECT_DOUBLE_EQ(limits.guest_messages.burst, 30);
  EXPECT_DOUBLE_EQ(limits.connection_messages.burst, 500);
  EXPECT_DOUBLE_EQ(limits.connection_bytes.per_second, 65536);
  EXPECT_DOUBLE_EQ(limits.connection_bytes.burst, 1048576);
  EXPECT_DOUBLE_EQ(limits.user_bytes.per_second, 2048);
  EXPECT_DOUBLE_EQ(limits.user_joins.per_second, 2);
  EXPECT_DOUBLE_EQ(limits.tenant_bytes.per_second, 3072);
  EXPECT_DOUBLE_EQ(limits.tenant_joins.per_second, 3);
  EXPECT_DOUBLE_EQ(limits.address_messages.per_second, 4);
  EXPECT_DOUBLE_EQ(limits.address_connections.per_second, 0);
  EXPECT_DOUBLE_EQ(limits.address_handshakes.burst, 10);
  EXPECT_DOUBLE_EQ(limits.total_messages.per_second, 1000);
  EXPECT_THAT(limits.tenant_weights, ElementsAre(std::pair<std::string, double>("acme", 3.0),
                                                 std::pair<std::string, double>("b.c", 0.5)));
  EXPECT_EQ(limits.message_bytes, 8192U);
  EXPECT_EQ(limits.errors_per_minute, 0U);
}

TEST_F(ConfigFile, TheDefaultsAreThoseOfTheStructs) {
  const LimitOptions read = options_of({}).limits;
  const LimitOptions standard;
  EXPECT_DOUBLE_EQ(read.guest_messages.per_second, standard.guest_messages.per_second);
  EXPECT_DOUBLE_EQ(read.guest_messages.burst, standard.guest_messages.burst);
  EXPECT_DOUBLE_EQ(read.connection_bytes.per_second, standard.connection_bytes.per_second);
  EXPECT_DOUBLE_EQ(read.connection_bytes.burst, standard.connection_bytes.burst);
  EXPECT_DOUBLE_EQ(read.address_connections.burst, standard.address_connections.burst);
  EXPECT_DOUBLE_EQ(read.total_messages.per_second, 0);
  EXPECT_EQ(options_of({}).auth.token.leeway, AuthOptions{}.token.leeway);
  EXPECT_EQ(options_of({}).room_settings.history_total_bytes, RoomSettings{}.history_total_bytes);
}

TEST_F(ConfigFile, AccessRules) {
  const AccessRules rules = options_of_file(R"(
[rooms]
guest_rooms = ["help.*"]
[[access]]
pattern = "news.*"
join = "*"
send = ["role:editor", "type:supervisor"]
)")
                                .access;
  Identity who{.user = "u", .tenant = "t"};
  const auto judge = [&](RoomOperation operation, std::string_view room) {
    const Grants grants = grants_of(who);
    return rules.judge({who.user, &grants, operation, room});
  };
  EXPECT_EQ(judge(RoomOperation::join, "news.x"), AccessVerdict::yes);
  EXPECT_EQ(judge(RoomOperation::send, "news.x"), AccessVerdict::no);
  who.roles = {"editor"};
  EXPECT_EQ(judge(RoomOperation::send, "news.x"), AccessVerdict::yes);
  who.type = UserType::guest;
  EXPECT_EQ(judge(RoomOperation::send, "help.x"), AccessVerdict::yes);
}

struct Case {
  const char* toml;
  const char* mistakes;
};

TEST_F(ConfigFile, EachMistakeSaysWhereWhatAndWhatIsAllowed) {
  const Case cases[] = {
      {"server.shards = 0", "FILE:1:17: server.shards = 0: must be a whole number from 1 to 256\n"},
      {"[server]\nshards = \"2\"",
       "FILE:2:10: server.shards = \"2\": must be a whole number from 1 to 256\n"},
      {"[server]\nshards = 1.5",
       "FILE:2:10: server.shards = 1.5: must be a whole number from 1 to 256\n"},
      {"server.connections = -5",
       "FILE:1:22: server.connections = -5: must be a whole number from 1 to 16000000\n"},
      {"server.raw = 'on'", "FILE:1:14: server.raw = \"on\": must be true or false\n"},
      {"server.heartbeat = 30",
       "FILE:1:20: server.heartbeat = 30: must be a duration from 100ms to 1d, such as "
       "\"250ms\"\n"},
      {"server.heartbeat = '1ms'",
       "FILE:1:20: server.heartbeat = \"1ms\": must be from 100ms to 1d, or 0s for never\n"},
      {"server.heartbeat = 'soon'",
       "FILE:1:20: server.heartbeat = \"soon\": 'soon' is not a duration: write a number and one "
       "of ns, us, ms, s, m, h, d, as in 250ms\n"},
      {"server.max_message = '2GiB'",
       "FILE:1:22: server.max_message = \"2GiB\": must be from 125 to 1GiB\n"},
      {"server.max_message = true",
       "FILE:1:22: server.max_message = true: must be a number of bytes from 125 to 1GiB, such "
       "as \"64KiB\"\n"},
      {"server.listen = ['127.0.0.1:1', 2]",
       "FILE:1:33: server.listen = 2: must be a list; each is an address such as "
       "\"127.0.0.1:8080\"\n"},
      {"server.cpus = '3-1'",
       "FILE:1:15: server.cpus = 3-1: write cpu numbers and ranges, such as 0-3,8\n"},
      {"log.level = 'loud'",
       "FILE:1:13: log.level = \"loud\": must be one of debug, error, info, off, trace, warn\n"},
      {"rooms.policies = ['a*b=latest']",
       "FILE:1:18: rooms.policies = \"a*b=latest\": a pattern may have one '*', at its end\n"},
      {"limits.user_messages = '5'",
       "FILE:1:24: limits.user_messages = \"5\": must be a rate such as 100/min or 100/s burst "
       "200, or off for no limit\n"},
      {"limits.connection_bytes = 'x/s'",
       "FILE:1:27: limits.connection_bytes = \"x/s\": must be a rate such as 1MiB/s or 1MiB/s "
       "burst 4MiB, or off for no limit\n"},
      {"limits.user_messages = 5",
       "FILE:1:24: limits.user_messages = 5: must be a rate such as \"100/min\" or \"100/s burst "
       "200\", or \"off\"\n"},
      {"limits.tenant_weights = 3",
       "FILE:1:25: limits.tenant_weights = 3: must be a list; each is a table of numbers by name, "
       "such as {acme = 3}\n"},
      {"limits.tenant_weights.acme = 'x'",
       "FILE:1:30: limits.tenant_weights.acme = \"x\": must be a number\n"},
      {"limits.tenant_weights.acme = 0",
       "FILE:1:8: limits.tenant_weights = \"acme=0\": must be TENANT=WEIGHT, a number above 0 and "
       "up to 1000\n"},
      {"server = 3", "FILE:1:10: server = 3: must be a table: [server]\n"},
      {"auth.secret = 3", "FILE:1:15: auth.secret = ***: must be a text in quotes\n"},
      {"server.heartbeat = \"\\u001b[2J\"",
       "FILE:1:20: server.heartbeat = \"\\x1b[2J\": '\\x1b[2J' is not a duration: write a number "
       "and one of ns, us, ms, s, m, h, d, as in 250ms\n"},
      {"events.paths = ['ws']",
       "FILE:1:16: events.paths = \"ws\": must begin with / and have none of space, ?, # and %\n"},
      {"events.paths = '/health'",
       "FILE:1:16: events.paths = \"/health\": is served already, as something else\n"},
      {"events.data_key = 'event'",
       "FILE:1:19: events.data_key = \"event\": another key of the envelope has this name\n"},
      {"auth.issuer = \"a\\u0000b\"",
       "FILE:1:15: auth.issuer = \"a\\x00b\": must be without control characters\n"},
      {"drain.reconnect_after_min = '1m'",
       "FILE:1:29: drain.reconnect_after_min = \"1m\": the least must not be above the most\n"},
  };
  for (const auto& [toml, mistakes] : cases) EXPECT_EQ(mistakes_of_file(toml), mistakes) << toml;
}

TEST_F(ConfigFile, KeysThatAreNoSettingsAreToldWithTheNearest) {
  const Case cases[] = {
      {"[server]\nlisetn = 1",
       "FILE:2:1: server.lisetn: there is no such setting; did you mean server.listen?\n"},
      {"[sever]\nlisten = 1", "FILE:1:2: sever: there is no such setting; did you mean server?\n"},
      {"[server]\nlevel = 'info'",
       "FILE:2:1: server.level: there is no such setting; did you mean log.level?\n"},
      {"auth.claims.usr = 'x'",
       "FILE:1:13: auth.claims.usr: there is no such setting; did you mean auth.claims.user?\n"},
      {"zebra = 1", "FILE:1:1: zebra: there is no such setting\n"},
      {"'server.listen' = 1",
       "FILE:1:1: server.listen: there is no such setting; did you mean server.listen?\n"},
      {"\"\\u001b[2J\" = 1", "FILE:1:1: \\x1b[2J: there is no such setting\n"},
  };
  for (const auto& [toml, mistakes] : cases) EXPECT_EQ(mistakes_of_file(toml), mistakes) << toml;
}

TEST_F(ConfigFile, MistakesOfAccessRules) {
  const Case cases[] = {
      {"access = 3", "FILE:1:10: access: must be tables: [[access]]\n"},
      {"access = [3]", "FILE:1:10: access: must be tables: [[access]]\n"},
      {"[access]\npattern = '*'", "FILE:1:1: access: must be tables: [[access]]\n"},
      {"[[access]]\njoin = '*'", "FILE:1:1: access: the pattern of this rule is missing\n"},
      {"[[access]]\npattern = 3", "FILE:2:11: access.pattern = 3: must be a text in quotes\n"},
      {"[[access]]\npattern = '*'\njion = '*'",
       "FILE:3:1: access.jion: there is no such setting; did you mean access.join?\n"},
      {"[[access]]\npattern = '*'\n[[access]]\npattern = '{me}'",
       "FILE:3:1: access: '{me}': braces are for {user} and {tenant}\n"},
      {"[[access]]\npattern = '*'\nsend = ['admin']",
       "FILE:1:1: access: 'admin': write role:NAME, permission:NAME, type:TYPE, service, or * for "
       "everybody\n"},
  };
  for (const auto& [toml, mistakes] : cases) EXPECT_EQ(mistakes_of_file(toml), mistakes) << toml;
}

TEST_F(ConfigFile, AllMistakesAreToldInTheOrderOfTheFile) {
  EXPECT_EQ(mistakes_of_file("[server]\nshards = 0\nfoo = 1\nraw = 3\nconnections = 0\n"),
            "FILE:2:10: server.shards = 0: must be a whole number from 1 to 256\n"
            "FILE:3:1: server.foo: there is no such setting\n"
            "FILE:4:7: server.raw = 3: must be true or false\n"
            "FILE:5:15: server.connections = 0: must be a whole number from 1 to 16000000\n");
}

TEST_F(ConfigFile, OfVeryManyMistakesTwentyAreToldAndTheRestCounted) {
  std::string toml;
  for (int i = 0; i < 1000; ++i) toml += "zebra" + std::to_string(i) + " = 1\n";
  const std::string mistakes = mistakes_of_file(toml);
  EXPECT_EQ(std::ranges::count(mistakes, '\n'), 21);
  EXPECT_THAT(mistakes, HasSubstr("and 980 more mistakes\n"));
}

TEST_F(ConfigFile, WhatIsNoTomlSaysWhere) {
  EXPECT_THAT(mistakes_of_file("[server\nx = 1"), StartsWith("FILE:1:8: "));
  EXPECT_THAT(mistakes_of_file("a = 1\na = 2"), StartsWith("FILE:2:"));
  EXPECT_THAT(mistakes_of_file("\x7f"), StartsWith("FILE:1:1: "));
}

TEST_F(ConfigFile, FilesThatCannotBeRead) {
  EXPECT_EQ(mistakes_of({"--config", "/nowhere/millrace.toml"}),
            "/nowhere/millrace.toml: cannot be read: No such file or directory\n");
  EXPECT_EQ(mistakes_of({"--config", "/"}), "/: cannot be read: Is a directory\n");
  EXPECT_EQ(mistakes_of_file(std::string(kConfigFileBytesMax + 1, '\n')),
            "FILE: has more than 1MiB\n");
}

// Nothing that a file can hold may end the process or pass as something else.
TEST_F(ConfigFile, HostileTexts) {
  std::vector<std::string> texts = {
      std::string(1, '\0'),
      std::string("server.shards = 1\0", 18),
      "\xEF\xBB\xBF[server]\nshards = true",
      "\xFF\xFE[\0s\0",
      "\xC0\xAF = 1",
      std::string(100'000, '['),
      "a = " + std::string(100'000, '['),
      "a = " + std::string(300, '[') + std::string(300, ']'),
      std::string(50'000, 'k') + " = 1",
      "server.listen = '" + std::string(100'000, 'x') + "'",
      "server.shards = 99999999999999999999999999",
      "server.shards = 0x7fffffffffffffff",
      "server.shards = nan",
      "server.shards = 1979-05-27T07:32:00Z",
      "server.shards = {}",
      "server.shards = []",
      "[server.shards]\nx = 1",
      "[[server]]\nshards = 1",
      "server = {shards = 0}\n",
      "limits.tenant_weights = [1, 2]",
      "limits.tenant_weights = {a = inf}",
      "limits.tenant_weights = {a = nan}",
      "limits.tenant_weights = {a = -1}",
      "limits.user_messages = '1e308/s'",
      "limits.user_messages = 'inf/s'",
      "limits.user_messages = '-1/s'",
      "limits.user_messages = '1/s burst -1'",
      "limits.user_messages = '1/s burst'",
      "limits.user_messages = '/'",
      "[[access]]\npattern = '" + std::string(1000, '*') + "'",
      "[[access]]\n[access.pattern]\nx = 1",
      "access = [{pattern = {}}]",
      "access = [[]]",
      "auth = []",
      "auth.claims = 'x'",
      "auth.algorithms = ['none']",
      "auth.origins = ['*']",
      "auth.jwks_url = 'file:///etc/passwd'",
      "auth.secret_file = '/nowhere'",
      "auth.secret_file = '" + std::string(5000, 'x') + "'",
      "admin.listen = 'nowhere'",
      "admin.listen = '0.0.0.0:9001'",
  };
  std::string many = "auth.audiences = [";
  for (std::size_t i = 0; i <= kListMost; ++i) many += "'a', ";
  texts.push_back(many + "]");
  for (const std::string& text : texts) {
    const std::string mistakes = mistakes_of_file(text);
    EXPECT_NE(mistakes, "none") << text.substr(0, 100);
    EXPECT_LT(mistakes.size(), 10'000U) << text.substr(0, 100);
  }
}

TEST_F(ConfigFile, ADamagedFileNeverEndsTheProcess) {
  const std::string good =
      "[server]\nlisten = ['127.0.0.1:1']\nshards = 1\nraw = true\n[limits]\nuser_messages = "
      "'1/s burst 2'\ntenant_weights = {a = 1}\n[[access]]\npattern = 'a*{user}'\njoin = ['*']\n";
  base::Prng random(7);
  int refused = 0;
  for (int round = 0; round < 2'000; ++round) {
    std::string damaged = good;
    for (std::uint64_t i = 0; i <= random.below(4); ++i) {
      damaged[random.below(damaged.size())] = static_cast<char>(random.below(256));
    }
    damaged.resize(damaged.size() - random.below(3) * random.below(60));
    SettingValues values;
    Mistakes mistakes;
    read_config_text(damaged, "damaged.toml", values, mistakes);
    if (!mistakes.empty()) ++refused;
  }
  EXPECT_GT(refused, 1'000);
}

}  // namespace
}  // namespace app
