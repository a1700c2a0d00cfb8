#include "loadgen/compare/compare_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loadgen/compare/started_server.h"
#include "tests/loadgen/sample_report.h"

namespace loadgen {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

// Something on a port of its own that accepts.
class Listener {
 public:
  Listener() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const auto any = engine::Address::parse("127.0.0.1:0").take();
    EXPECT_EQ(bind(socket_, any.data(), any.size()), 0);
    EXPECT_EQ(listen(socket_, 64), 0);
    sockaddr_storage bound{};
    socklen_t size = sizeof(bound);
    EXPECT_EQ(getsockname(socket_, reinterpret_cast<sockaddr*>(&bound), &size), 0);
    port_ = engine::Address::from_socket_address(bound).port();
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener() { close(socket_); }

  std::string url() const { return "ws://127.0.0.1:" + std::to_string(port_); }

 private:
  int socket_;
  std::uint16_t port_ = 0;
};

CompareOptions two(const Listener& a, const Listener& b) {
  CompareOptions options;
  options.scenario = {"echo"};
  options.servers = {{.name = "a", .url = a.url()}, {.name = "b", .url = b.url()}};
  options.rounds = 3;
  options.start_timeout = 5s;
  return options;
}

TEST(CompareRun, TurnsAroundInEveryRound) {
  const Listener a;
  const Listener b;
  std::string order;
  const auto once = [&](const LoadOptions& load) -> base::Result<Report> {
    order += load.target.url == a.url() ? 'a' : 'b';
    Report report = sample_report();
    report.server->cpu_ns_per_message = load.target.url == a.url() ? 1000 : 2000;
    return report;
  };
  std::vector<std::string> told;
  const auto comparison =
      compare_servers(two(a, b), once, [&told](const std::string& line) { told.push_back(line); });
  ASSERT_TRUE(comparison.ok());
  EXPECT_EQ(order, "abbaab");
  EXPECT_THAT(told[2], HasSubstr("round 2 of 3, b:  server CPU per message 2.000us"));
  EXPECT_DOUBLE_EQ(comparison.value().ratio(1, ComparedFigure::cpu_per_message)->ratio, 2);
  EXPECT_TRUE(comparison.value().passed());
}

TEST(CompareRun, NamesTheRoundThatFailedAndStopsWhenInterrupted) {
  const Listener a;
  const Listener b;
  int runs = 0;
  const auto once = [&runs](const LoadOptions&) -> base::Result<Report> {
    Report report = sample_report();
    if (++runs == 2) report.failures = {"lost one"};
    report.interrupted = runs == 4;
    return report;
  };
  const auto comparison = compare_servers(two(a, b), once, [](const auto&) {});
  ASSERT_TRUE(comparison.ok());
  EXPECT_EQ(runs, 4);
  EXPECT_TRUE(comparison.value().interrupted);
  EXPECT_THAT(comparison.value().failures, ElementsAre("round 1 of 3, b: lost one"));
  EXPECT_EQ(comparison.value().servers[0].rounds.size(), 1);
}

TEST(CompareRun, SaysWhenNobodyListens) {
  const Listener a;
  const Listener b;
  CompareOptions options = two(a, b);
  options.servers[0].url = "ws://127.0.0.1:1";
  const auto comparison = compare_servers(
      options, [](const LoadOptions&) -> base::Result<Report> { return sample_report(); },
      [](const auto&) {});
  ASSERT_FALSE(comparison.ok());
  EXPECT_EQ(comparison.error().message, "round 1 of 3, a: nobody listens on 127.0.0.1:1");
}

TEST(StartedServer, SaysWhyItDidNotStart) {
  const auto nowhere = engine::Address::parse("127.0.0.1:1").take();
  const auto ended = StartedServer::start("sh -c 'exit 3'", nowhere, 5s);
  ASSERT_FALSE(ended.ok());
  EXPECT_THAT(ended.error().message, HasSubstr("ended with code 3 before it listened"));
  const auto silent = StartedServer::start("sleep 60", nowhere, 100ms);
  ASSERT_FALSE(silent.ok());
  EXPECT_THAT(silent.error().message, HasSubstr("does not listen on 127.0.0.1:1"));
}

}  // namespace
}  // namespace loadgen
