#include "app/auth/jwks_source.h"

#include <gtest/gtest.h>

#include <latch>
#include <string>

#include "tests/app/auth/key_server.h"
#include "tests/app/upstream/inbox.h"
#include "tests/app/upstream/raw_server.h"

namespace app {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Cause = JwksSource::Cause;

constexpr milliseconds kNever{86'400'000};

AuthOptions options_for(const std::string& url, milliseconds refresh = kNever) {
  AuthOptions options;
  options.jwks_url = url;
  options.jwks_refresh = refresh;
  options.service_timeout = seconds{15};
  return options;
}

JwksPace quick() { return {.retry_first = milliseconds{1}, .unknown_key_pause = {}}; }

std::string ids(const JwksSource& source) {
  std::string text;
  const auto keys = source.keys();
  if (keys == nullptr) return "none";
  for (const Key& key : keys->keys()) text += key.id + " ";
  return text;
}

TEST(JwksSource, FetchesAtItsStartWithoutBeingWaitedFor) {
  std::latch go(1);
  KeyServer server({"a", "b"});
  server.before = [&] { go.wait(); };
  JwksSource source(options_for(server.url()));
  EXPECT_EQ(source.keys(), nullptr);
  Inbox<std::string> fetched;
  EXPECT_TRUE(source.after_fetch(Cause::no_keys, [&] { fetched.put(ids(source)); }));
  EXPECT_TRUE(source.after_fetch(Cause::unknown_key, [&] { fetched.put(ids(source)); }));
  EXPECT_EQ(fetched.size(), 0U);
  go.count_down();
  EXPECT_EQ(fetched.take(), "a b ");
  EXPECT_EQ(fetched.take(), "a b ");
  EXPECT_EQ(server.calls(), 1);
  EXPECT_EQ(source.counts().refreshes, 1U);
  EXPECT_EQ(source.counts().failures, 0U);
}

TEST(JwksSource, FetchesAgainNowAndThen) {
  KeyServer server({"a"});
  JwksSource source(options_for(server.url(), milliseconds{5}));
  EXPECT_TRUE(eventually([&] { return ids(source) == "a "; }));
  server.publish({"b"});
  EXPECT_TRUE(eventually([&] { return ids(source) == "b "; }));
  EXPECT_GE(source.counts().refreshes, 2U);
}

TEST(JwksSource, FetchesForAnUnknownKeyButNotTooOften) {
  KeyServer server({"a"});
  JwksSource source(options_for(server.url()), {.unknown_key_pause = seconds{600}});
  EXPECT_TRUE(eventually([&] { return ids(source) == "a "; }));
  server.publish({"a", "b"});
  Inbox<std::string> fetched;
  EXPECT_FALSE(source.after_fetch(Cause::no_keys, [] {}));
  EXPECT_TRUE(source.after_fetch(Cause::unknown_key, [&] { fetched.put(ids(source)); }));
  EXPECT_EQ(fetched.take(), "a b ");
  EXPECT_FALSE(source.after_fetch(Cause::unknown_key, [] {}));
  EXPECT_EQ(server.calls(), 2);
}

TEST(JwksSource, KeepsTheLastKeysThroughAnOutage) {
  KeyServer server({"a"});
  JwksSource source(options_for(server.url(), milliseconds{5}), quick());
  EXPECT_TRUE(eventually([&] { return ids(source) == "a "; }));
  std::uint64_t failures = 0;
  for (const auto& [status, text] : {std::pair{500, key_set_text({"b"})},
                                     {200, "<html>"},
                                     {200, R"({"keys":[]})"},
                                     {200, "{}"},
                                     {404, ""},
                                     {200, std::string(kKeySetBytesMax + 1, ' ')}}) {
    server.say(status, text);
    const int calls = server.calls();
    // The second call from now on has this answer.
    EXPECT_TRUE(eventually([&] { return server.calls() >= calls + 3; }));
    EXPECT_EQ(ids(source), "a ");
    EXPECT_GT(source.counts().failures, failures);
    failures = source.counts().failures;
  }
  server.publish({"b"});
  EXPECT_TRUE(eventually([&] { return ids(source) == "b "; }));
}

TEST(JwksSource, FindsAnIssuerThatComesLater) {
  SilentPort port;
  JwksSource source(options_for(port.url("/keys")), quick());
  EXPECT_TRUE(eventually([&] { return source.counts().failures >= 3; }));
  EXPECT_EQ(source.keys(), nullptr);
  KeyServer server({"a"}, port.number());
  EXPECT_TRUE(eventually([&] { return ids(source) == "a "; }));
}

TEST(JwksSource, RunsWhatWaitsWhenAFetchFails) {
  std::latch go(1);
  KeyServer server({});
  server.before = [&] { go.wait(); };
  server.say(503, "");
  JwksSource source(options_for(server.url()));
  Inbox<std::string> fetched;
  EXPECT_TRUE(source.after_fetch(Cause::no_keys, [&] { fetched.put(ids(source)); }));
  go.count_down();
  EXPECT_EQ(fetched.take(), "none");
}

TEST(JwksSource, RunsWhatWaitsWhenItEnds) {
  RawServer server({{"", RawServer::Then::stall}});
  int runs = 0;
  {
    JwksSource source(options_for(server.url()));
    for (int i = 0; i < 3; ++i) {
      EXPECT_TRUE(source.after_fetch(Cause::unknown_key, [&] { ++runs; }));
    }
    EXPECT_TRUE(eventually([&] { return server.requests() == 1; }));
    EXPECT_EQ(runs, 0);
  }
  EXPECT_EQ(runs, 3);
}

}  // namespace
}  // namespace app
