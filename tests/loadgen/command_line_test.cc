#include "loadgen/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <vector>

namespace loadgen {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

std::variant<LoadOptions, CommandLineAnswer> parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "millrace-load");
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}

LoadOptions accepted(const std::vector<const char*>& arguments) {
  auto parsed = parse(arguments);
  if (const auto* answer = std::get_if<CommandLineAnswer>(&parsed)) {
    ADD_FAILURE() << answer->text;
    return {};
  }
  return std::get<LoadOptions>(std::move(parsed));
}

std::string refused(const std::vector<const char*>& arguments) {
  auto parsed = parse(arguments);
  const auto* answer = std::get_if<CommandLineAnswer>(&parsed);
  if (answer == nullptr) {
    ADD_FAILURE() << "accepted";
    return {};
  }
  EXPECT_EQ(answer->exit_code, kExitUsage);
  EXPECT_THAT(answer->text, testing::StartsWith("millrace-load: "));
  EXPECT_EQ(std::count(answer->text.begin(), answer->text.end(), '\n'), 1) << answer->text;
  return answer->text;
}

constexpr const char* kUrl = "ws://127.0.0.1:8080";

TEST(CommandLine, ReadsAnEchoRun) {
  const LoadOptions options =
      accepted({"echo",         kUrl,       "--connections", "200",      "--in-flight", "16",
                "--size",       "64..4KiB", "--duration",    "10s",      "--warm-up",   "500ms",
                "--shards",     "2",        "--cpus",        "0,2-3",    "--seed",      "9",
                "--server-pid", "1",        "--expect",      "p99<10ms", "--expect",    "lost==0",
                "--json",       "-",        "--quiet"});
  EXPECT_EQ(options.scenario, ScenarioKind::echo);
  EXPECT_EQ(options.target.path, "/echo");
  EXPECT_EQ(options.connections, 200);
  EXPECT_FALSE(options.open_loop());
  EXPECT_EQ(options.in_flight, 16);
  EXPECT_EQ(options.size.least, 64);
  EXPECT_EQ(options.size.most, 4096);
  EXPECT_EQ(options.duration, 10s);
  EXPECT_EQ(options.warm_up, 500ms);
  EXPECT_EQ(options.shards, 2);
  EXPECT_EQ(options.cpus, (std::vector<std::uint32_t>{0, 2, 3}));
  EXPECT_EQ(options.seed, 9);
  EXPECT_EQ(options.server_pid, 1);
  ASSERT_EQ(options.expectations.size(), 2);
  EXPECT_EQ(options.expectations[1].metric, Metric::lost);
  EXPECT_EQ(options.json_file, "-");
  EXPECT_TRUE(options.quiet);
  EXPECT_EQ(options.command.front(), "millrace-load");
}

TEST(CommandLine, ReadsARoomRun) {
  const LoadOptions options =
      accepted({"room", kUrl, "--rooms", "20", "--members", "50", "--publishers", "3", "--rate",
                "100k", "--deliveries", "--arrivals", "poisson"});
  EXPECT_EQ(options.scenario, ScenarioKind::room);
  EXPECT_EQ(options.target.path, "/room?room={room}");
  EXPECT_EQ(options.connections, 1000);
  EXPECT_EQ(options.publishers, 3);
  EXPECT_EQ(options.processes, 1);
  EXPECT_EQ(accepted({"room", kUrl, "--processes", "5"}).processes, 5);
  EXPECT_THAT(refused({"room", kUrl, "--processes", "65"}), HasSubstr("--processes"));
  EXPECT_TRUE(options.open_loop());
  EXPECT_DOUBLE_EQ(options.rate, 2000);
  EXPECT_EQ(options.arrivals, Arrivals::poisson);
}

TEST(CommandLine, ReadsARunWhoseMembersAreInSeveralRooms) {
  const LoadOptions options = accepted({"room", kUrl, "--rooms", "2000", "--members", "50",
                                        "--rooms-each", "50", "--rate", "100k", "--deliveries"});
  EXPECT_EQ(options.connections, 2000);
  EXPECT_DOUBLE_EQ(options.rate, 2000);
  const auto refused_with = [](std::vector<const char*> flags) {
    flags.insert(flags.begin(), {"room", kUrl});
    return refused(flags);
  };
  EXPECT_THAT(refused_with({"--rooms", "9", "--members", "10", "--rooms-each", "3"}),
              HasSubstr("--members 10: must be a multiple of --rooms-each 3"));
  EXPECT_THAT(refused_with({"--rooms", "9", "--members", "10", "--rooms-each", "10"}),
              HasSubstr("--rooms-each 10: must be from 1 to 9"));
  EXPECT_THAT(refused_with({"--rooms-each", "0"}), HasSubstr("must be from 1"));
  EXPECT_THAT(
      refused_with({"--rooms", "9", "--members", "10", "--rooms-each", "5", "--publishers", "3"}),
      HasSubstr("--publishers 3: must be from 1 to 2"));
  EXPECT_THAT(refused_with({"--rooms", "1000", "--members", "500", "--rooms-each", "500"}),
              HasSubstr("a request line of 4518 bytes"));
  EXPECT_THAT(refused({"room", "ws://127.0.0.1:80/room/{room}", "--rooms", "9", "--members", "10",
                       "--rooms-each", "5"}),
              HasSubstr("{room} in a parameter"));
}

TEST(CommandLine, ReadsConnectAndIdleRuns) {
  const LoadOptions connect = accepted({"connect", kUrl, "--rate", "0.5", "--connections", "7"});
  EXPECT_EQ(connect.scenario, ScenarioKind::connect);
  EXPECT_DOUBLE_EQ(connect.rate, 0.5);
  EXPECT_EQ(connect.warm_up, 2s);
  EXPECT_EQ(accepted({"connect", kUrl, "--hold"}).warm_up, 0s);
  const LoadOptions idle = accepted({"idle", kUrl, "--connections", "1000000", "--spread", "40"});
  EXPECT_EQ(idle.scenario, ScenarioKind::idle);
  EXPECT_EQ(idle.warm_up, 0s);
  EXPECT_EQ(idle.target.endpoints.size(), 40);
}

TEST(CommandLine, ReadsAStorm) {
  const LoadOptions options =
      accepted({"storm", kUrl, "--connections", "5000", "--bystanders", "200", "--members", "20",
                "--rate", "1k", "--backoff", "20ms", "--backoff-cap", "3s", "--expect", "back<10s",
                "--expect", "back.p99<5s"});
  EXPECT_EQ(options.scenario, ScenarioKind::storm);
  EXPECT_EQ(options.target.path, "/room?room={room}");
  EXPECT_EQ(options.rooms, 10);
  EXPECT_EQ(options.connections, 5200);
  EXPECT_EQ(options.storm.crowd, 5000);
  EXPECT_TRUE(options.storm.drop);
  EXPECT_EQ(options.storm.retry.base, 20ms);
  EXPECT_EQ(options.storm.retry.cap, 3s);
  ASSERT_EQ(options.groups.size(), 2);
  EXPECT_EQ(options.groups[1].first_client, 200);
  EXPECT_FALSE(accepted({"storm", kUrl, "--drop", "server"}).storm.drop);
  EXPECT_THAT(refused({"storm", kUrl, "--drop", "nobody"}), HasSubstr("--drop"));
  EXPECT_THAT(refused({"storm", kUrl, "--bystanders", "70", "--members", "20"}),
              HasSubstr("--bystanders"));
  EXPECT_THAT(refused({"storm", kUrl, "--backoff", "2s", "--backoff-cap", "1s"}),
              HasSubstr("--backoff-cap"));
}

TEST(CommandLine, ReadsSlowReaders) {
  const LoadOptions options = accepted({"slow-readers", kUrl, "--rooms", "3", "--members", "10",
                                        "--publishers", "2", "--slow", "4", "--rate", "50"});
  EXPECT_EQ(options.connections, 30);
  ASSERT_EQ(options.groups.size(), 1);
  EXPECT_EQ(options.groups[0].slow, 4);
  EXPECT_THAT(refused({"slow-readers", kUrl, "--members", "5", "--publishers", "2", "--slow", "4"}),
              HasSubstr("--publishers cannot be slow"));
}

TEST(CommandLine, ReadsChurn) {
  const LoadOptions options = accepted({"churn", kUrl, "--rooms", "3", "--members", "10", "--rate",
                                        "50", "--churn", "1k", "--leave", "60:30:10"});
  EXPECT_EQ(options.connections, 30);
  EXPECT_DOUBLE_EQ(options.churn.rate, 1000);
  EXPECT_EQ(options.churn.close, 60);
  EXPECT_EQ(options.churn.abort, 30);
  EXPECT_EQ(options.churn.vanish, 10);
  ASSERT_EQ(options.groups.size(), 1);
  EXPECT_TRUE(options.groups[0].churns);
  EXPECT_THAT(refused({"churn", kUrl}), HasSubstr("--churn"));
  for (const char* shares : {"1", "1:2", "1:2:3:4", "a:b:c", "0:0:0", "-1:1:1", "1:2:9999999"}) {
    EXPECT_THAT(refused({"churn", kUrl, "--churn", "5", "--leave", shares}), HasSubstr("--leave"));
  }
  EXPECT_THAT(refused({"churn", kUrl, "--churn", "5", "--members", "2", "--publishers", "2"}),
              HasSubstr("nobody could leave"));
}

TEST(CommandLine, ReadsAMix) {
  const LoadOptions options = accepted({"mixed",
                                        kUrl,
                                        "--chat-rooms",
                                        "10",
                                        "--chat-members",
                                        "4",
                                        "--chat-rate",
                                        "100",
                                        "--chat-size",
                                        "64..200",
                                        "--market-rooms",
                                        "2",
                                        "--market-members",
                                        "30",
                                        "--market-rate",
                                        "1k",
                                        "--presence-members",
                                        "50",
                                        "--presence-rate",
                                        "5",
                                        "--churn",
                                        "7",
                                        "--expect",
                                        "chat.p99<10ms"});
  EXPECT_EQ(options.connections, 40 + 60 + 50);
  EXPECT_DOUBLE_EQ(options.rate, 1105);
  EXPECT_DOUBLE_EQ(options.churn.rate, 7);
  EXPECT_EQ(options.size.most, 200);
  ASSERT_EQ(options.groups.size(), 3);
  EXPECT_EQ(options.groups[0].name, "chat");
  EXPECT_TRUE(options.groups[0].text);
  EXPECT_EQ(options.groups[0].publishers, 4);
  EXPECT_EQ(options.groups[1].first_room, 10);
  EXPECT_EQ(options.groups[1].publishers, 1);
  EXPECT_EQ(options.groups[2].first_client, 100);
  EXPECT_TRUE(options.groups[2].churns);
  EXPECT_FALSE(options.groups[1].churns);
  EXPECT_THAT(refused({"mixed", kUrl, "--chat-size", "63"}), HasSubstr("--chat-size"));
  EXPECT_THAT(refused({"mixed", kUrl, "--market-rate", "x"}), HasSubstr("--market-rate"));
  EXPECT_THAT(refused({"mixed", kUrl, "--presence-members", "1"}), HasSubstr("--presence-members"));
  EXPECT_THAT(refused({"mixed", kUrl, "--rate", "5"}), HasSubstr("--rate"));
}

TEST(CommandLine, ReadsARamp) {
  const LoadOptions options =
      accepted({"ramp", kUrl, "--rooms", "2", "--members", "10", "--rate-from", "1k", "--rate-to",
                "64k", "--deliveries", "--growth", "3", "--precision", "10", "--step", "1s"});
  EXPECT_EQ(options.scenario, ScenarioKind::room);
  ASSERT_TRUE(options.ramp.has_value());
  EXPECT_DOUBLE_EQ(options.ramp->from, 100);
  EXPECT_DOUBLE_EQ(options.ramp->to, 6400);
  EXPECT_DOUBLE_EQ(options.ramp->growth, 3);
  EXPECT_DOUBLE_EQ(options.ramp->precision, 0.1);
  EXPECT_EQ(options.ramp->step, 1s);
  ASSERT_EQ(options.expectations.size(), 1);
  EXPECT_EQ(options.expectations[0].text, "p99<10ms");
  const LoadOptions echo = accepted({"ramp", kUrl, "--of", "echo", "--expect", "p50<1ms"});
  EXPECT_EQ(echo.scenario, ScenarioKind::echo);
  EXPECT_EQ(echo.target.path, "/echo");
  EXPECT_EQ(echo.expectations.size(), 1);
  EXPECT_THAT(refused({"ramp", kUrl, "--of", "idle"}), HasSubstr("--of"));
  EXPECT_THAT(refused({"ramp", kUrl, "--growth", "1"}), HasSubstr("--growth"));
  EXPECT_THAT(refused({"ramp", kUrl, "--precision", "0"}), HasSubstr("--precision"));
  EXPECT_THAT(refused({"ramp", kUrl, "--rate-from", "2k", "--rate-to", "1k"}),
              HasSubstr("--rate-to"));
}

TEST(CommandLine, HelpAndVersionAreNoMistakes) {
  for (const auto& arguments :
       std::vector<std::vector<const char*>>{{"--help"}, {"echo", "--help"}, {"--version"}}) {
    const auto parsed = parse(arguments);
    const auto* answer = std::get_if<CommandLineAnswer>(&parsed);
    ASSERT_NE(answer, nullptr);
    EXPECT_EQ(answer->exit_code, 0);
    EXPECT_THAT(answer->text, HasSubstr("millrace-load"));
  }
}

TEST(CommandLine, AnswersEachMistakeWithOneLine) {
  EXPECT_THAT(refused({}), HasSubstr("scenario"));
  EXPECT_THAT(refused({"fly", kUrl}), HasSubstr("slow-readers, churn, mixed, native or ramp"));
  EXPECT_THAT(refused({"echo"}), HasSubstr("url"));
  EXPECT_THAT(refused({"echo", "http://x"}), HasSubstr("ws://"));
  EXPECT_THAT(refused({"echo", kUrl, "--no-such"}), HasSubstr("--no-such"));
  EXPECT_THAT(refused({"echo", kUrl, "--connections", "0"}), HasSubstr("--connections"));
  EXPECT_THAT(refused({"echo", kUrl, "--connections", "many"}), HasSubstr("--connections"));
  EXPECT_THAT(refused({"echo", kUrl, "--size", "31"}), HasSubstr("32"));
  EXPECT_THAT(refused({"echo", kUrl, "--size", "99..64"}), HasSubstr("--size"));
  EXPECT_THAT(refused({"echo", kUrl, "--rate", "0"}), HasSubstr("--rate"));
  EXPECT_THAT(refused({"echo", kUrl, "--rate", "10x"}), HasSubstr("--rate"));
  EXPECT_THAT(refused({"echo", kUrl, "--arrivals", "bursty"}), HasSubstr("poisson"));
  EXPECT_THAT(refused({"echo", kUrl, "--in-flight", "0"}), HasSubstr("--in-flight"));
  EXPECT_THAT(refused({"echo", kUrl, "--duration", "0s"}), HasSubstr("--duration"));
  EXPECT_THAT(refused({"echo", kUrl, "--duration", "10"}), HasSubstr("--duration"));
  EXPECT_THAT(refused({"echo", kUrl, "--shards", "0"}), HasSubstr("--shards"));
  EXPECT_THAT(refused({"echo", kUrl, "--cpus", "1-"}), HasSubstr("--cpus"));
  EXPECT_THAT(refused({"echo", kUrl, "--cpus", "x"}), HasSubstr("--cpus"));
  EXPECT_THAT(refused({"echo", kUrl, "--expect", "p98<1ms"}), HasSubstr("p99.99"));
  EXPECT_THAT(refused({"room", kUrl, "--members", "5", "--publishers", "6"}),
              HasSubstr("--publishers"));
  EXPECT_THAT(refused({"room", kUrl, "--deliveries"}), HasSubstr("--rate"));
  EXPECT_THAT(refused({"room", "ws://127.0.0.1:80/room?room=a", "--rooms", "2"}),
              HasSubstr("{room}"));
  EXPECT_THAT(refused({"room", kUrl, "--rooms", "100000", "--members", "100000"}),
              HasSubstr("--rooms x --members"));
  EXPECT_THAT(refused({"idle", kUrl, "--rate", "5"}), HasSubstr("--rate"));
}

TEST(CommandLine, AFixedRoomIsFineForOneRoom) {
  EXPECT_EQ(accepted({"room", "ws://127.0.0.1:80/room?room=a"}).target.path, "/room?room=a");
}

class NativeCommandLine : public testing::Test {
 protected:
  void SetUp() override { setenv("MILLRACE_LOAD_TOKEN_SECRET", "secret", 1); }
  void TearDown() override { unsetenv("MILLRACE_LOAD_TOKEN_SECRET"); }
};

TEST_F(NativeCommandLine, ReadsANativeRun) {
  const LoadOptions options =
      accepted({"native",    kUrl,        "--tenants",    "2",      "--rooms",      "20",
                "--members", "8",         "--rooms-each", "4",      "--publishers", "2",
                "--rate",    "800",       "--deliveries", "--acks", "0.5",          "--receipts",
                "0.25",      "--no-near", "--size",       "64..300"});
  EXPECT_EQ(options.scenario, ScenarioKind::native);
  EXPECT_EQ(options.target.path, "/ws");
  EXPECT_EQ(options.connections, 40);
  EXPECT_EQ(options.rate, 100);
  EXPECT_EQ(options.groups.size(), 2);
  EXPECT_EQ(options.native.tenants, 2);
  EXPECT_EQ(options.native.secret, "secret");
  EXPECT_EQ(options.native.acknowledged_share, 0.5);
  EXPECT_EQ(options.native.receipts_share, 0.25);
  EXPECT_FALSE(options.native.near);
}

TEST_F(NativeCommandLine, HasDefaultsThatFitEachOther) {
  const LoadOptions options = accepted({"native", kUrl});
  EXPECT_EQ(options.connections, 300);
  EXPECT_EQ(options.native.tenants, 3);
  EXPECT_EQ(options.rooms_each, 3);
  EXPECT_TRUE(options.open_loop());
  EXPECT_TRUE(options.native.near);
}

TEST_F(NativeCommandLine, RefusesWhatDoesNotFit) {
  EXPECT_THAT(refused({"native", kUrl, "--rooms", "31"}), HasSubstr("--tenants"));
  EXPECT_THAT(refused({"native", kUrl, "--rooms", "6"}), HasSubstr("--rooms-each"));
  EXPECT_THAT(refused({"native", kUrl, "--members", "31"}), HasSubstr("--rooms-each"));
  EXPECT_THAT(refused({"native", kUrl, "--size", "63"}), HasSubstr("--size"));
  EXPECT_THAT(refused({"native", kUrl, "--acks", "1.1"}), HasSubstr("--acks"));
  EXPECT_THAT(refused({"native", kUrl, "--receipts", "-0.1"}), HasSubstr("--receipts"));
  EXPECT_THAT(refused({"native", kUrl, "--token-secret-file", "/nowhere"}),
              HasSubstr("--token-secret-file"));
  unsetenv("MILLRACE_LOAD_TOKEN_SECRET");
  EXPECT_THAT(refused({"native", kUrl}), HasSubstr("MILLRACE_LOAD_TOKEN_SECRET"));
}

}  // namespace
}  // namespace loadgen
