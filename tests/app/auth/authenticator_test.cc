#include "app/auth/authenticator.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <array>
#include <atomic>
#include <csignal>
#include <latch>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <thread>

#include "app/auth/token_authenticator.h"
#include "app/service/service_clock.h"
#include "tests/app/auth/asked.h"
#include "tests/app/auth/key_server.h"
#include "tests/app/upstream/raw_server.h"

namespace app {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::string secret() { return key_named("secret").secret; }

AuthOptions with_secret() {
  AuthOptions options;
  options.mode = AuthMode::token;
  options.secret = secret();
  options.service_timeout = seconds{15};
  return options;
}

AuthOptions with_url(const std::string& url) {
  AuthOptions options = with_secret();
  options.secret.clear();
  options.jwks_url = url;
  options.jwks_refresh = milliseconds{86'400'000};
  return options;
}

// Signed by the key of that name, which it names if that is not the secret of with_secret().
std::string token(const std::string& user, const std::string& key = "secret") {
  const nlohmann::json header =
      key == "secret" ? nlohmann::json::object() : nlohmann::json{{"kid", key}};
  return tests::mint({{"sub", user}, {"exp", unix_now() + 600}}, key_named(key), header);
}

std::unique_ptr<Authenticator> started(const AuthOptions& options) {
  auto made = start_authenticator(options);
  EXPECT_TRUE(made.ok()) << made.error().message;
  return made.take();
}

std::string mistake(const AuthOptions& options) {
  const auto made = start_authenticator(options);
  return made.ok() ? "none" : made.error().message;
}

TEST(StartAuthenticator, SaysWhatIsWrongInOneSentence) {
  AuthOptions options;
  options.mode = AuthMode::token;
  EXPECT_EQ(mistake(options),
            "auth: tokens need a key: a secret, public keys, a key set, or its URL");
  options.secret = "short";
  EXPECT_TRUE(mistake(options).starts_with("auth.secret: ")) << mistake(options);
  EXPECT_EQ(mistake(options).find("short"), std::string::npos);
  options = with_secret();
  options.keys_pem = "no PEM";
  EXPECT_TRUE(mistake(options).starts_with("auth.keys_file: ")) << mistake(options);
  options = with_secret();
  options.jwks = "{}";
  EXPECT_TRUE(mistake(options).starts_with("auth.jwks_file: ")) << mistake(options);
  EXPECT_EQ(mistake(with_url("ftp://keys/")), "auth.jwks_url: must start with http:// or https://");
  options = with_secret();
  options.threads = 0;
  EXPECT_EQ(mistake(options), "auth.threads 0: must be a whole number from 1 to 64");
  options = {};
  options.mode = AuthMode::service;
  EXPECT_TRUE(mistake(options).starts_with("auth.service_url: ")) << mistake(options);
}

TEST(StartAuthenticator, WithoutAuthenticationFindsNobody) {
  Asked asked;
  const auto auth = started({});
  EXPECT_EQ(asked.answer(*auth, token("ann")), "missing");
  EXPECT_EQ(asked.answer(*auth, ""), "missing");
  EXPECT_EQ(auth->counts().asked, 2U);
}

TEST(StartAuthenticator, StartsTheAuthService) {
  HttpServer server([](const httplib::Request&, httplib::Response& response) {
    response.set_content(R"({"user":{"id":"ann"}})", "application/json");
  });
  AuthOptions options;
  options.mode = AuthMode::service;
  options.service_url = server.url();
  Asked asked;
  EXPECT_EQ(asked.answer(*started(options), "token"), "ann@default");
}

TEST(TokenAuthenticator, ChecksTokensWithEachKeyThatIsConfigured) {
  AuthOptions options = with_secret();
  options.keys_pem = tests::shared_key(KeyKind::ec256).public_pem;
  options.jwks = key_set_text({"listed"});
  options.threads = 3;
  Asked asked;
  const auto auth = started(options);
  EXPECT_EQ(asked.answer(*auth, token("ann")), "ann@default");
  EXPECT_EQ(asked.answer(*auth, token("bob", "listed")), "bob@default");
  EXPECT_EQ(asked.answer(*auth, tests::mint({{"sub", "cat"}, {"exp", unix_now() + 600}},
                                            tests::shared_key(KeyKind::ec256))),
            "cat@default");
  EXPECT_EQ(asked.answer(*auth, token("ann") + "x"), "signature");
  EXPECT_EQ(asked.answer(*auth, ""), "missing");
  EXPECT_EQ(asked.answer(*auth, "a.b.c"), "malformed");
  EXPECT_EQ(asked.answer(*auth, std::string(kTokenBytesMax + 1, 'a')), "malformed");
  EXPECT_EQ(auth->counts().asked, 7U);
  EXPECT_EQ(auth->counts().waiting, 0U);
}

TEST(TokenAuthenticator, AnswersOnNamedThreadsThatTakeNoSignal) {
  AuthOptions options = with_secret();
  Inbox<std::string> names;
  Inbox<bool> blocked;
  const auto auth = started(options);
  auth->ask(token("ann"), [&](const AuthResult&) {
    std::array<char, 16> name{};
    pthread_getname_np(pthread_self(), name.data(), name.size());
    names.put(name.data());
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    blocked.put(sigismember(&mask, SIGTERM) == 1 && sigismember(&mask, SIGHUP) == 1);
  });
  EXPECT_EQ(names.take(), "auth-0");
  EXPECT_TRUE(blocked.take());
}

TEST(TokenAuthenticator, LetsNoMoreThanItsBoundWaitAndAnswersThemAllAtItsEnd) {
  std::latch go(1);
  std::latch busy(1);
  Asked asked;
  Inbox<std::string> first;
  std::thread opener;
  {
    const auto auth = started(with_secret());
    auth->ask(token("ann"), [&](const AuthResult&) {
      busy.count_down();
      go.wait();
      first.put("answered");
    });
    busy.wait();
    const std::string good = token("bob");
    for (std::size_t i = 0; i < kAuthQueueMost; ++i) asked.ask(*auth, good);
    EXPECT_EQ(asked.answers(), 0U);
    EXPECT_EQ(auth->counts().waiting, kAuthQueueMost);
    EXPECT_EQ(asked.answer(*auth, good), "overloaded");
    opener = std::thread([&] { go.count_down(); });
  }
  opener.join();
  EXPECT_EQ(first.take(), "answered");
  ASSERT_EQ(asked.answers(), kAuthQueueMost);
  std::set<std::string> answers;
  for (std::size_t i = 0; i < kAuthQueueMost; ++i) answers.insert(asked.next());
  // However many were checked before the end came.
  answers.erase("bob@default");
  answers.erase("unavailable");
  EXPECT_TRUE(answers.empty()) << *answers.begin();
}

TEST(TokenAuthenticator, DoesNotCheckForWhoHasGone) {
  std::latch go(1);
  Asked asked;
  AuthOptions options = with_secret();
  options.service_timeout = milliseconds{1};
  const auto auth = started(options);
  auth->ask(token("ann"), [&](const AuthResult&) { go.wait(); });
  asked.ask(*auth, token("bob"));
  std::this_thread::sleep_for(milliseconds{5});
  go.count_down();
  EXPECT_EQ(asked.next(), "overloaded");
}

TEST(TokenAuthenticator, WaitsForTheFirstKeys) {
  std::latch go(1);
  KeyServer server({"a"});
  server.before = [&] { go.wait(); };
  Asked asked;
  const auto auth = started(with_url(server.url()));
  asked.ask(*auth, token("ann", "a"));
  EXPECT_TRUE(eventually([&] { return server.calls() == 1; }));
  EXPECT_EQ(asked.answers(), 0U);
  EXPECT_EQ(auth->counts().waiting, 1U);
  go.count_down();
  EXPECT_EQ(asked.next(), "ann@default");
  EXPECT_EQ(auth->counts().jwks_refreshes, 1U);
  EXPECT_EQ(auth->counts().waiting, 0U);
}

TEST(TokenAuthenticator, IsUnavailableWhileThereAreNoKeys) {
  SilentPort port;
  Asked asked;
  TokenAuthenticator auth(with_url(port.url("/keys")), {}, {.retry_first = milliseconds{1}});
  EXPECT_EQ(asked.answer(auth, token("ann", "a")), "unavailable");
  EXPECT_GE(auth.counts().jwks_failures, 1U);
  KeyServer server({"a"}, port.number());
  EXPECT_TRUE(eventually([&] { return asked.answer(auth, token("ann", "a")) == "ann@default"; }));
}

TEST(TokenAuthenticator, UsesItsOwnKeysWhileTheIssuerIsAway) {
  SilentPort port;
  AuthOptions options = with_url(port.url("/keys"));
  KeySet own = KeySet::from_jwks(key_set_text({"own"})).take();
  Asked asked;
  TokenAuthenticator auth(options, own, {.unknown_key_pause = {}});
  EXPECT_EQ(asked.answer(auth, token("ann", "own")), "ann@default");
  // Nobody can say yet whether the issuer knows it.
  EXPECT_EQ(asked.answer(auth, token("ann", "a")), "unavailable");
}

TEST(TokenAuthenticator, FollowsARotationOfKeys) {
  KeyServer server({"old"});
  Asked asked;
  TokenAuthenticator auth(with_url(server.url()), {}, {.unknown_key_pause = {}});
  EXPECT_EQ(asked.answer(auth, token("ann", "old")), "ann@default");
  EXPECT_EQ(asked.answer(auth, token("ann", "new")), "unknown_key");
  server.publish({"old", "new"});
  EXPECT_EQ(asked.answer(auth, token("ann", "new")), "ann@default");
  EXPECT_EQ(asked.answer(auth, token("ann", "old")), "ann@default");
  server.publish({"new"});
  EXPECT_EQ(asked.answer(auth, token("ann", "other")), "unknown_key");
  EXPECT_EQ(asked.answer(auth, token("ann", "old")), "unknown_key");
  EXPECT_EQ(asked.answer(auth, token("ann", "new")), "ann@default");
}

TEST(TokenAuthenticator, FetchesOnceForManyTokensWithUnknownKeys) {
  KeyServer server({"a"});
  Asked asked;
  TokenAuthenticator auth(with_url(server.url()), {}, {.unknown_key_pause = seconds{600}});
  EXPECT_EQ(asked.answer(auth, token("ann", "a")), "ann@default");
  constexpr int kTokens = 50;
  for (int i = 0; i < kTokens; ++i) asked.ask(auth, token("eve", "made up " + std::to_string(i)));
  for (int i = 0; i < kTokens; ++i) EXPECT_EQ(asked.next(), "unknown_key");
  EXPECT_LE(server.calls(), 2);
}

TEST(TokenAuthenticator, ChecksOthersWhileATokenWaitsForItsKey) {
  std::latch go(1);
  std::atomic<bool> holds = false;
  KeyServer server({"a"});
  server.before = [&] {
    if (holds) go.wait();
  };
  Asked asked;
  TokenAuthenticator auth(with_url(server.url()), {}, {.unknown_key_pause = {}});
  EXPECT_EQ(asked.answer(auth, token("ann", "a")), "ann@default");
  EXPECT_EQ(asked.answer(auth, token("bob", "b")), "unknown_key");
  holds = true;
  server.publish({"a", "b"});
  asked.ask(auth, token("bob", "b"));
  EXPECT_EQ(asked.answer(auth, token("ann", "a")), "ann@default");
  go.count_down();
  EXPECT_EQ(asked.next(), "bob@default");
}

TEST(TokenAuthenticator, AnswersWhatWaitsForKeysWhenItEnds) {
  RawServer server({{"", RawServer::Then::stall}});
  Asked asked;
  constexpr std::size_t kTokens = 20;
  {
    const auto auth = started(with_url(server.url()));
    for (std::size_t i = 0; i < kTokens; ++i) asked.ask(*auth, token("ann", "a"));
    EXPECT_TRUE(eventually([&] { return server.requests() == 1; }));
    EXPECT_EQ(asked.answers(), 0U);
  }
  EXPECT_EQ(asked.answers(), kTokens);
  for (std::size_t i = 0; i < kTokens; ++i) EXPECT_EQ(asked.next(), "unavailable");
}

}  // namespace
}  // namespace app
