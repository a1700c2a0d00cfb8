#include "app/auth/auth_service.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <latch>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "app/service/service_clock.h"
#include "tests/app/auth/asked.h"
#include "tests/app/upstream/http_server.h"
#include "tests/app/upstream/raw_server.h"

namespace app {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

AuthOptions options_for(const std::string& url) {
  AuthOptions options;
  options.mode = AuthMode::service;
  options.service_url = url;
  options.service_timeout = seconds{15};
  return options;
}

// A breaker that does not keep a test waiting.
AuthServicePace quick() {
  return {.breaker = {.pause_first = milliseconds{1}, .pause_most = milliseconds{4}}};
}

// A service that admits {"token":"NAME..."} as NAME, and refuses "bad...".
class Service {
 public:
  explicit Service(std::uint16_t port = 0)
      : server_([this](const auto& request, auto& response) { answer(request, response); }, port) {}

  std::string url() const { return server_.url("/verify"); }
  int calls() const noexcept { return calls_.load(); }
  void fail(bool fails) { fails_ = fails; }
  void revoke(const std::string& token) { revoked_ = token; }
  void say_of_user(const std::string& text) { more_ = text; }
  // Called with each request before it is answered.
  std::function<void()> before = [] {};

 private:
  void answer(const httplib::Request& request, httplib::Response& response) {
    ++calls_;
    before();
    response.set_header("Connection", "close");
    EXPECT_EQ(request.get_header_value("Content-Type"), "application/json");
    const std::string& body = request.body;
    const std::string start = R"({"token":")";
    EXPECT_TRUE(body.starts_with(start) && body.ends_with("\"}")) << body;
    const std::string token = body.substr(start.size(), body.size() - start.size() - 2);
    const bool refused = token.starts_with("bad") || token == revoked_;
    response.status = fails_ ? 500 : refused ? 401 : 200;
    response.set_content(R"({"user":{"id":")" + token + "\"" + more_ + "}}", "application/json");
  }

  std::atomic<int> calls_ = 0;
  std::atomic<bool> fails_ = false;
  std::string more_;
  std::string revoked_;
  HttpServer server_;
};

TEST(AuthService, AdmitsWhomTheServiceKnowsAndAsksOnceWhileThatIsFresh) {
  Service service;
  Asked asked;
  AuthService auth(options_for(service.url()));
  EXPECT_EQ(asked.answer(auth, "ann"), "ann@default");
  EXPECT_EQ(asked.answer(auth, "ann"), "ann@default");
  EXPECT_EQ(asked.answer(auth, "bob"), "bob@default");
  EXPECT_EQ(service.calls(), 2);
  const AuthenticatorCounts counts = auth.counts();
  EXPECT_EQ(counts.asked, 3U);
  EXPECT_EQ(counts.cache_hits, 1U);
  EXPECT_EQ(counts.service_calls, 2U);
  EXPECT_EQ(counts.service_failures, 0U);
  EXPECT_EQ(counts.waiting, 0U);
  EXPECT_FALSE(counts.breaker_open);
}

TEST(AuthService, AsksAgainWhenThatIsNotFreshAnyMore) {
  Service service;
  Asked asked;
  AuthOptions options = options_for(service.url());
  options.service_cache_for = milliseconds{0};
  AuthService auth(options);
  for (int i = 1; i <= 3; ++i) {
    EXPECT_EQ(asked.answer(auth, "ann"), "ann@default");
    EXPECT_EQ(service.calls(), i);
  }
}

TEST(AuthService, RemembersRefusalsForAWhile) {
  Service service;
  Asked asked;
  AuthService patient(options_for(service.url()));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(asked.answer(patient, "bad"), "refused");
  EXPECT_EQ(service.calls(), 1);
  AuthService quick_one(options_for(service.url()), {.refused_for = {}});
  for (int i = 0; i < 10; ++i) EXPECT_EQ(asked.answer(quick_one, "bad"), "refused");
  EXPECT_EQ(service.calls(), 11);
  EXPECT_FALSE(quick_one.counts().breaker_open);  // A refusal is an answer.
}

TEST(AuthService, DoesNotAskAboutWhatIsNoToken) {
  Service service;
  Asked asked;
  AuthService auth(options_for(service.url()));
  EXPECT_EQ(asked.answer(auth, ""), "missing");
  for (const std::string& token : {std::string("a b"), std::string("a\0b", 3), std::string("\xff"),
                                   std::string("a\r\n"), std::string(kTokenBytesMax + 1, 'a')}) {
    EXPECT_EQ(asked.answer(auth, token), "malformed");
  }
  EXPECT_EQ(service.calls(), 0);
  EXPECT_EQ(asked.answer(auth, std::string(kTokenBytesMax, 'a')),
            "unavailable");  // Is a long user.
}

TEST(AuthService, AsksOnceForAllWhoAskAtTheSameTime) {
  std::latch go(1);
  Service service;
  service.before = [&] { go.wait(); };
  Asked asked;
  AuthService auth(options_for(service.url()));
  constexpr int kTimes = 100;
  for (int i = 0; i < kTimes; ++i) asked.ask(auth, "ann");
  asked.ask(auth, "bob");
  EXPECT_EQ(auth.counts().waiting, 101U);
  EXPECT_EQ(asked.answers(), 0U);
  go.count_down();
  int anns = 0;
  for (int i = 0; i <= kTimes; ++i) anns += asked.next() == "ann@default" ? 1 : 0;
  EXPECT_EQ(anns, kTimes);
  EXPECT_EQ(service.calls(), 2);
  EXPECT_EQ(auth.counts().waiting, 0U);
}

TEST(AuthService, AdmitsNobodyPastTheirOwnEnd) {
  Service service;
  service.say_of_user(",\"expiresAt\":" + std::to_string(unix_now() - 1));
  Asked asked;
  AuthOptions options = options_for(service.url());
  options.when_down = WhenServiceIsDown::admit_known;
  AuthService auth(options, quick());
  EXPECT_EQ(asked.answer(auth, "ann"), "expired");
  service.fail(true);
  EXPECT_EQ(asked.answer(auth, "ann"), "unavailable");
}

TEST(AuthService, LeavesAServiceAloneThatIsSlow) {
  std::latch go(1);
  Service service;
  service.before = [&] { go.wait(); };
  {
    Asked asked;
    AuthOptions options = options_for(service.url());
    options.service_timeout = milliseconds{50};
    AuthService auth(options, {.breaker = {.pause_first = seconds{600}}});
    for (std::uint32_t i = 0; i < kBreakerFailuresInARow; ++i) {
      EXPECT_FALSE(auth.counts().breaker_open);
      EXPECT_EQ(asked.answer(auth, "ann"), "unavailable");
    }
    EXPECT_TRUE(auth.counts().breaker_open);
    const std::uint64_t calls = auth.counts().service_calls;
    for (int i = 0; i < 100; ++i) EXPECT_EQ(asked.answer(auth, "ann"), "unavailable");
    EXPECT_EQ(auth.counts().service_calls, calls);
    EXPECT_EQ(auth.counts().service_failures, calls);
  }
  go.count_down();
}

// More strangers than a service that is well can be asked about: what they wait for in vain is our
// own shortage, and no reason to believe what the service does not say any more.
TEST(AuthService, AFloodIsNotTheServiceBeingDown) {
  constexpr milliseconds kTaken{100};
  Service service;
  Asked asked;
  AuthOptions options = options_for(service.url());
  options.service_timeout = 10 * kTaken;
  options.service_connections = 1;
  options.service_cache_for = milliseconds{0};
  options.when_down = WhenServiceIsDown::admit_known;
  AuthService auth(options, {.breaker = {.pause_first = seconds{600}}, .refused_for = {}});
  EXPECT_EQ(asked.answer(auth, "ann"), "ann@default");
  service.revoke("ann");
  service.before = [&] { std::this_thread::sleep_for(kTaken); };
  std::map<std::string, int> said;
  for (int i = 0; i < 50; ++i) asked.ask(auth, "bad" + std::to_string(i));
  asked.ask(auth, "ann");
  for (int i = 0; i < 51; ++i) ++said[asked.next()];
  EXPECT_GT(said["refused"], 0);
  EXPECT_GT(said["overloaded"], 0);
  EXPECT_EQ(said["refused"] + said["overloaded"], 51);
  EXPECT_EQ(auth.counts().service_failures, 0U);
  EXPECT_FALSE(auth.counts().breaker_open);
  EXPECT_EQ(asked.answer(auth, "ann"), "refused");
  EXPECT_EQ(auth.counts().admitted_while_down, 0U);
}

TEST(AuthService, ComesBackWhenAKilledServiceDoes) {
  SilentPort port;
  Asked asked;
  AuthService auth(options_for(port.url("/verify")), quick());
  {
    Service service(port.number());
    EXPECT_EQ(asked.answer(auth, "ann"), "ann@default");
  }
  EXPECT_TRUE(eventually([&] {
    EXPECT_EQ(asked.answer(auth, "bob"), "unavailable");
    return auth.counts().breaker_open;
  }));
  EXPECT_EQ(asked.answer(auth, "ann"), "ann@default");  // Is fresh.
  EXPECT_EQ(auth.counts().admitted_while_down, 0U);
  Service service(port.number());
  EXPECT_TRUE(eventually([&] { return asked.answer(auth, "bob") == "bob@default"; }));
  EXPECT_FALSE(auth.counts().breaker_open);
}

TEST(AuthService, AdmitsWhomItKnowsWhileTheServiceIsDownIfThatIsWanted) {
  for (const auto& [when_down, known_for, expected] :
       {std::tuple{WhenServiceIsDown::refuse, milliseconds{3'600'000}, "unavailable"},
        std::tuple{WhenServiceIsDown::admit_known, milliseconds{0}, "unavailable"},
        std::tuple{WhenServiceIsDown::admit_known, milliseconds{3'600'000}, "ann@default"}}) {
    Service service;
    Asked asked;
    AuthOptions options = options_for(service.url());
    options.service_cache_for = milliseconds{0};
    options.when_down = when_down;
    options.known_for = known_for;
    AuthService auth(options, {.breaker = {.pause_first = seconds{600}}});
    EXPECT_EQ(asked.answer(auth, "ann"), "ann@default");
    service.fail(true);
    // The first by calls that fail, the rest without a call.
    for (std::uint32_t i = 0; i < 2 * kBreakerFailuresInARow; ++i) {
      EXPECT_EQ(asked.answer(auth, "ann"), expected);
    }
    EXPECT_TRUE(auth.counts().breaker_open);
    EXPECT_EQ(auth.counts().service_failures, kBreakerFailuresInARow);
    EXPECT_EQ(asked.answer(auth, "stranger"), "unavailable");
    const std::uint64_t admitted = std::string(expected) == "unavailable" ? 0 : 10;
    EXPECT_EQ(auth.counts().admitted_while_down, admitted);
  }
}

TEST(AuthService, ForgetsAtOnceWhomTheServiceRefuses) {
  std::atomic<int> status = 200;
  HttpServer server([&](const httplib::Request&, httplib::Response& response) {
    response.status = status;
    response.set_header("Connection", "close");
    response.set_content(R"({"user":{"id":"ann"}})", "application/json");
  });
  Asked asked;
  AuthOptions options = options_for(server.url());
  options.service_cache_for = milliseconds{0};
  options.when_down = WhenServiceIsDown::admit_known;
  AuthService auth(options, {.refused_for = {}});
  EXPECT_EQ(asked.answer(auth, "token"), "ann@default");
  status = 500;
  EXPECT_EQ(asked.answer(auth, "token"), "ann@default");
  status = 403;
  EXPECT_EQ(asked.answer(auth, "token"), "refused");
  status = 500;
  EXPECT_EQ(asked.answer(auth, "token"), "unavailable");
  EXPECT_EQ(auth.counts().admitted_while_down, 1U);
}

TEST(AuthService, BelievesNoServiceThatLies) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::string user = R"({"user":{"id":"ann"}})";
  const auto with_length = [&](const std::string& body) {
    return ok + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  };
  const std::vector<RawServer::Script> lies = {
      {with_length("\x01\x02\x03")},
      {with_length("<html><body>It works!</body></html>")},
      {with_length(R"({"user":{"name":"nobody"}})")},
      {with_length(user + std::string(kAuthAnswerBytesMax, ' '))},
      {ok + "Connection: close\r\n\r\n" + std::string(kAuthAnswerBytesMax + 1, ' ')},
      {ok + "Content-Length: 100\r\n\r\n" + user},                          // Ends too early.
      {ok + "Content-Length: 100\r\n\r\n" + user, RawServer::Then::stall},  // Never ends.
      {user},
      {""},
  };
  for (const RawServer::Script& lie : lies) {
    RawServer server({lie});
    Asked asked;
    AuthOptions options = options_for(server.url());
    options.service_timeout =
        lie.then == RawServer::Then::stall ? milliseconds{50} : milliseconds{15'000};
    AuthService auth(options, {.breaker = {.pause_first = seconds{600}}});
    for (std::uint32_t i = 0; i < kBreakerFailuresInARow; ++i) {
      EXPECT_EQ(asked.answer(auth, "ann"), "unavailable") << lie.bytes.substr(0, 100);
    }
    EXPECT_EQ(auth.counts().service_failures, kBreakerFailuresInARow);
    EXPECT_TRUE(auth.counts().breaker_open);
  }
}

TEST(AuthService, AnswersWhatIsUnderWayWhenItEnds) {
  RawServer server({{"", RawServer::Then::stall}});
  Asked asked;
  constexpr std::size_t kTokens = 50;
  {
    AuthService auth(options_for(server.url()));
    for (std::size_t i = 0; i < kTokens; ++i) {
      asked.ask(auth, "token" + std::to_string(i));
      asked.ask(auth, "token" + std::to_string(i));
    }
    EXPECT_TRUE(eventually([&] { return server.requests() > 0; }));
    EXPECT_EQ(asked.answers(), 0U);
  }
  EXPECT_EQ(asked.answers(), 2 * kTokens);
  for (std::size_t i = 0; i < 2 * kTokens; ++i) EXPECT_EQ(asked.next(), "unavailable");
}

TEST(AuthService, LetsNoMoreThanItsBoundWait) {
  RawServer server({{"", RawServer::Then::stall}});
  Asked asked;
  {
    AuthService auth(options_for(server.url()));
    for (std::size_t i = 0; i < kAuthQueueMost; ++i) asked.ask(auth, "ann");
    EXPECT_EQ(asked.answers(), 0U);
    EXPECT_EQ(asked.answer(auth, "ann"), "overloaded");
    EXPECT_EQ(asked.answer(auth, "bob"), "overloaded");
  }
  EXPECT_EQ(asked.answers(), kAuthQueueMost);
}

}  // namespace
}  // namespace app
