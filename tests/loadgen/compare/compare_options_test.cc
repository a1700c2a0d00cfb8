#include "loadgen/compare/compare_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace loadgen {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

std::variant<CompareOptions, CommandLineAnswer> parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), {"millrace-load", "compare"});
  return parse_compare(static_cast<int>(arguments.size()), arguments.data());
}

std::string refused(const std::vector<const char*>& arguments) {
  auto parsed = parse(arguments);
  const auto* answer = std::get_if<CommandLineAnswer>(&parsed);
  if (answer == nullptr) return "accepted";
  EXPECT_EQ(answer->exit_code, kExitUsage);
  EXPECT_EQ(std::count(answer->text.begin(), answer->text.end(), '\n'), 1) << answer->text;
  return answer->text;
}

constexpr const char* kOne = "a=ws://127.0.0.1:1";
constexpr const char* kTwo = "b=ws://127.0.0.1:2";

TEST(CompareOptions, SeparatesItsFlagsFromThoseOfTheScenario) {
  auto parsed = parse({"echo", "--connections", "7", "--server", "a=ws://127.0.0.1:1@42",
                       "--expect", "lost==0", "--server", "b=ws://127.0.0.1:{port}", "--rounds",
                       "3", "--start", "b=serve --port={port}", "--json", "out"});
  ASSERT_TRUE(std::holds_alternative<CompareOptions>(parsed))
      << std::get<CommandLineAnswer>(parsed).text;
  const auto& options = std::get<CompareOptions>(parsed);
  EXPECT_THAT(options.scenario, ElementsAre("echo", "--connections", "7", "--expect", "lost==0"));
  EXPECT_EQ(options.rounds, 3);
  EXPECT_EQ(options.start_timeout, 10s);
  EXPECT_EQ(options.json_file, "out");
  ASSERT_EQ(options.servers.size(), 2);
  EXPECT_EQ(options.servers[0].url, "ws://127.0.0.1:1");
  EXPECT_EQ(options.servers[0].pid, 42);
  EXPECT_EQ(options.servers[1].start, "serve --port={port}");
  EXPECT_EQ(with_port("{port} and {port}", 80), "80 and 80");
  const auto load = run_options(options, "ws://127.0.0.1:9");
  ASSERT_TRUE(std::holds_alternative<LoadOptions>(load));
  EXPECT_EQ(std::get<LoadOptions>(load).connections, 7);
  EXPECT_EQ(std::get<LoadOptions>(load).target.url, "ws://127.0.0.1:9");
}

TEST(CompareOptions, NamesTheMistake) {
  EXPECT_THAT(refused({"--server", kOne, "--server", kTwo}), HasSubstr("name the scenario"));
  EXPECT_THAT(refused({"echo", "--server", kOne}), HasSubstr("1 --server: from 2 to 16"));
  EXPECT_THAT(refused({"echo", "--server", kOne, "--server", kOne}), HasSubstr("'a': twice"));
  EXPECT_THAT(refused({"echo", "--server", kOne, "--server", "ws://x"}), HasSubstr("NAME=URL"));
  EXPECT_THAT(refused({"echo", "--server", kOne, "--server", "b=http://x"}),
              HasSubstr("--server 'b'"));
  EXPECT_THAT(refused({"echo", "--server", kOne, "--server", kTwo, "--start", "c=x"}),
              HasSubstr("no --server of that name"));
  EXPECT_THAT(refused({"echo", "--server", kOne, "--server", "b=ws://127.0.0.1:{port}"}),
              HasSubstr("needs a --start"));
  EXPECT_THAT(
      refused({"echo", "--server", kOne, "--server", "b=ws://127.0.0.1:2@7", "--start", "b=x"}),
      HasSubstr("runs already"));
  EXPECT_THAT(refused({"echo", "--server", kOne, "--server", kTwo, "--server-pid", "1"}),
              HasSubstr("NAME=URL@PID"));
  EXPECT_THAT(refused({"echo", "--server", kOne, "--server", kTwo, "--rounds", "0"}),
              HasSubstr("--rounds"));
  EXPECT_THAT(refused({"echo", "--server", kOne, "--server", kTwo, "--size", "1"}),
              HasSubstr("--size"));
  EXPECT_THAT(refused({"ramp", "--rate-from", "10", "--expect", "p99<1s", "--server", kOne,
                       "--server", kTwo}),
              HasSubstr("a ramp has no one load"));
  EXPECT_THAT(refused({"nonsense", "--server", kOne, "--server", kTwo}), HasSubstr("scenario"));
}

}  // namespace
}  // namespace loadgen
