#include "app/upstream/http_client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <future>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/app/upstream/certificate.h"
#include "tests/app/upstream/http_server.h"
#include "tests/app/upstream/inbox.h"
#include "tests/app/upstream/raw_server.h"

namespace app {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kShort{100};
constexpr milliseconds kLong{15'000};

HttpCall get(const std::string& url, milliseconds timeout = kLong) {
  return {.url = url, .timeout = timeout};
}

HttpAnswer answer_of(HttpClient& client, HttpCall call) {
  Inbox<HttpAnswer> inbox;
  client.send(std::move(call), [&](HttpAnswer answer) { inbox.put(std::move(answer)); });
  HttpAnswer answer = inbox.take();
  EXPECT_EQ(inbox.size(), 0U);
  return answer;
}

HttpOutcome outcome_of(std::vector<RawServer::Script> scripts, milliseconds timeout = kLong,
                       std::size_t answer_bytes_max = 1024) {
  RawServer server(std::move(scripts));
  HttpClient client({});
  HttpCall call = get(server.url(), timeout);
  call.answer_bytes_max = answer_bytes_max;
  return answer_of(client, call).outcome;
}

TEST(HttpClient, SendsTheMethodTheHeadersAndTheBodyAndReturnsTheStatusAndTheBody) {
  HttpServer server([](const httplib::Request& request, httplib::Response& response) {
    response.status = 418;
    response.set_content(request.method + " " + request.path + " " +
                             request.get_header_value("X-Key") + " " + request.body,
                         "text/plain");
  });
  HttpClient client({});
  HttpCall call{.method = "POST", .url = server.url("/verify"), .headers = {"X-Key: 7"}};
  call.body = "how are you";
  HttpAnswer answer = answer_of(client, call);
  EXPECT_EQ(answer.outcome, HttpOutcome::ok);
  EXPECT_EQ(answer.status, 418);
  EXPECT_EQ(answer.body, "POST /verify 7 how are you");
  call.method = "PUT";
  EXPECT_EQ(answer_of(client, call).body, "PUT /verify 7 how are you");
  EXPECT_EQ(answer_of(client, get(server.url("/keys"))).body, "GET /keys  ");
}

TEST(HttpClient, KeepsAndReusesConnectionsAndOpensNoMoreThanItMay) {
  std::mutex mutex;
  std::set<int> peers;
  HttpServer server([&](const httplib::Request& request, httplib::Response&) {
    const std::lock_guard lock(mutex);
    peers.insert(request.remote_port);
  });
  HttpClient client({.thread_name = "test", .connections_per_host = 2});
  for (int i = 0; i < 5; ++i) answer_of(client, get(server.url()));
  EXPECT_EQ(peers.size(), 1U);
  Inbox<HttpAnswer> inbox;
  constexpr int kCalls = 50;
  for (int i = 0; i < kCalls; ++i) {
    client.send(get(server.url()), [&](HttpAnswer answer) { inbox.put(std::move(answer)); });
  }
  for (int i = 0; i < kCalls; ++i) EXPECT_EQ(inbox.take().outcome, HttpOutcome::ok);
  EXPECT_LE(peers.size(), 2U);
  EXPECT_EQ(client.open_calls(), 0U);
}

TEST(HttpClient, NeverHasMoreCallsAtTheServerThanConnections) {
  std::atomic<int> inside = 0;
  std::atomic<int> most = 0;
  HttpServer server([&](const httplib::Request&, httplib::Response&) {
    const int now = ++inside;
    most = std::max(most.load(), now);
    std::this_thread::sleep_for(milliseconds{2});
    --inside;
  });
  HttpClient client({.thread_name = "test", .connections_per_host = 3});
  Inbox<HttpAnswer> inbox;
  for (int i = 0; i < 30; ++i) {
    client.send(get(server.url()), [&](HttpAnswer answer) { inbox.put(std::move(answer)); });
  }
  for (int i = 0; i < 30; ++i) EXPECT_EQ(inbox.take().outcome, HttpOutcome::ok);
  EXPECT_LE(most.load(), 3);
}

TEST(HttpClient, FollowsNoRedirect) {
  HttpServer server([](const httplib::Request&, httplib::Response& response) {
    response.set_redirect("/elsewhere");
  });
  HttpClient client({});
  EXPECT_EQ(answer_of(client, get(server.url())).status, 302);
}

TEST(HttpClient, TakesNoProxyFromTheEnvironment) {
  HttpServer server([](const httplib::Request&, httplib::Response&) {});
  SilentPort proxy;
  ASSERT_EQ(::setenv("http_proxy", proxy.url().c_str(), 1), 0);
  {
    HttpClient client({});
    EXPECT_EQ(answer_of(client, get(server.url())).outcome, HttpOutcome::ok);
  }
  ::unsetenv("http_proxy");
}

TEST(HttpClient, SaysWhatWentWrong) {
  SilentPort nobody;
  HttpClient client({});
  EXPECT_EQ(answer_of(client, get(nobody.url())).outcome, HttpOutcome::unreachable);
  EXPECT_EQ(outcome_of({{"", RawServer::Then::close}}), HttpOutcome::broken);
  EXPECT_EQ(outcome_of({{"what do you want?\r\n\r\n"}}), HttpOutcome::broken);
  EXPECT_EQ(outcome_of({{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"}}),
            HttpOutcome::broken);
  EXPECT_EQ(outcome_of({{"", RawServer::Then::stall}}, kShort), HttpOutcome::timed_out);
  EXPECT_EQ(
      outcome_of({{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", RawServer::Then::stall}},
                 kShort),
      HttpOutcome::timed_out);
}

TEST(HttpClient, ReadsAnswersUpToTheirBoundHoweverTheyAreSent) {
  const std::string full(1024, 'x');
  const std::string head = "HTTP/1.1 200 OK\r\n";
  EXPECT_EQ(outcome_of({{head + "Content-Length: 1024\r\n\r\n" + full}}), HttpOutcome::ok);
  EXPECT_EQ(outcome_of({{head + "Connection: close\r\n\r\n" + full}}), HttpOutcome::ok);
  // One byte more: announced, unannounced, in chunks, and announced by one that then stalls.
  EXPECT_EQ(outcome_of({{head + "Content-Length: 1025\r\n\r\n" + full + "x"}}),
            HttpOutcome::too_large);
  EXPECT_EQ(outcome_of({{head + "Connection: close\r\n\r\n" + full + "x"}}),
            HttpOutcome::too_large);
  EXPECT_EQ(outcome_of({{head + "Transfer-Encoding: chunked\r\n\r\n401\r\n" + full + "x\r\n",
                         RawServer::Then::stall}}),
            HttpOutcome::too_large);
  EXPECT_EQ(outcome_of({{head + "Content-Length: 99999999999\r\n\r\n", RawServer::Then::stall}}),
            HttpOutcome::too_large);
}

TEST(HttpClient, EndsAHeaderThatDoesNotEnd) {
  std::string head = "HTTP/1.1 200 OK\r\n";
  while (head.size() <= kUpstreamHeadBytesMax) head += "X-More: and more and more and more\r\n";
  EXPECT_EQ(outcome_of({{head, RawServer::Then::stall}}), HttpOutcome::too_large);
}

TEST(HttpClient, SaysThatTlsFailed) {
  RawServer server({{"HTTP/1.1 400 Bad Request\r\n\r\n", RawServer::Then::stall}});
  HttpClient client({});
  std::string url = server.url();
  url.replace(0, 4, "https");
  EXPECT_EQ(answer_of(client, get(url)).outcome, HttpOutcome::tls_failed);
}

TEST(HttpClient, TrustsNoCertificateThatItIsNotToldTo) {
  const Certificate certificate;
  httplib::SSLServer server(certificate.certificate(), certificate.key());
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    response.set_content("safe", "text/plain");
  });
  const int port = server.bind_to_any_port("127.0.0.1");
  std::thread thread([&] { server.listen_after_bind(); });
  while (!server.is_running()) std::this_thread::yield();
  const std::string host = "https://127.0.0.1:" + std::to_string(port);
  {
    HttpClient wary({});
    EXPECT_EQ(answer_of(wary, get(host)).outcome, HttpOutcome::tls_failed);
    HttpClient knows({.thread_name = "test", .trusted_file = certificate.file()});
    EXPECT_EQ(answer_of(knows, get(host)).body, "safe");
    // A good certificate of somebody else.
    const std::string other = "https://localhost:" + std::to_string(port);
    EXPECT_EQ(answer_of(knows, get(other)).outcome, HttpOutcome::tls_failed);
  }
  server.stop();
  thread.join();
}

TEST(HttpClient, SendsNothingThatIsNoHttpCall) {
  HttpClient client({});
  for (const char* url : {"", "localhost", "ftp://127.0.0.1/", "file:///etc/passwd", "http://",
                          "http://me:secret@127.0.0.1/", "http://127.0.0.1:99999/"}) {
    EXPECT_FALSE(check_url(url).ok()) << url;
    EXPECT_EQ(answer_of(client, get(url)).outcome, HttpOutcome::bad_call) << url;
  }
  EXPECT_FALSE(check_url(std::string("http://127.0.0.1/\0x", 19)).ok());
  for (const char* url :
       {"http://127.0.0.1", "https://auth.internal:8443/verify?x=1", "HTTP://[::1]:80/"}) {
    EXPECT_TRUE(check_url(url).ok()) << url;
  }
  HttpCall smuggles = get("http://127.0.0.1:1/");
  smuggles.headers = {"X-Key: 7\r\nX-Admin: yes"};
  EXPECT_EQ(answer_of(client, smuggles).outcome, HttpOutcome::bad_call);
  HttpCall method = get("http://127.0.0.1:1/");
  method.method = "GET / HTTP/1.1\r\nX-Admin: yes\r\n";
  EXPECT_EQ(answer_of(client, method).outcome, HttpOutcome::bad_call);
}

TEST(HttpClient, SaysOfCallsWhoseTurnNeverCameThatItIsOverloadedItself) {
  RawServer server({{"", RawServer::Then::stall}});
  Inbox<HttpOutcome> inbox;
  {
    HttpClient client({.thread_name = "test", .connections_per_host = 1});
    const auto keep = [&](const HttpAnswer& answer) { inbox.put(answer.outcome); };
    client.send(get(server.url()), keep);
    EXPECT_TRUE(eventually([&] { return server.requests() == 1; }));
    for (int i = 0; i < 10; ++i) client.send(get(server.url(), kShort), keep);
    for (int i = 0; i < 10; ++i) EXPECT_EQ(inbox.take(), HttpOutcome::overloaded);
    EXPECT_EQ(server.requests(), 1);
  }
  EXPECT_EQ(inbox.take(), HttpOutcome::ended);
}

// Over new connections and over one that is kept.
TEST(HttpClient, GivesTheOtherSideItsWholeTimeHoweverLongACallHasWaited) {
  constexpr milliseconds kTaken{400};
  for (const bool keeps : {false, true}) {
    HttpServer server([&](const httplib::Request&, httplib::Response& response) {
      std::this_thread::sleep_for(kTaken);
      if (!keeps) response.set_header("Connection", "close");
    });
    HttpClient client({.thread_name = "test", .connections_per_host = 1});
    Inbox<HttpOutcome> inbox;
    for (int i = 0; i < 2; ++i) {
      client.send(get(server.url(), kTaken * 7 / 4),
                  [&](const HttpAnswer& answer) { inbox.put(answer.outcome); });
    }
    for (int i = 0; i < 2; ++i) EXPECT_EQ(inbox.take(), HttpOutcome::ok) << keeps;
  }
}

TEST(HttpClient, TimesOutACallThatHadWaited) {
  RawServer server({{"", RawServer::Then::stall}});
  HttpClient client({.thread_name = "test", .connections_per_host = 1});
  Inbox<HttpOutcome> inbox;
  const auto keep = [&](const HttpAnswer& answer) { inbox.put(answer.outcome); };
  client.send(get(server.url(), kShort), keep);
  client.send(get(server.url(), 5 * kShort), keep);
  EXPECT_EQ(inbox.take(), HttpOutcome::timed_out);
  EXPECT_EQ(inbox.take(), HttpOutcome::timed_out);
  EXPECT_EQ(server.requests(), 2);
}

TEST(HttpClient, RefusesMoreCallsThanItsBoundAndEndsThoseThatItHas) {
  RawServer server({{"", RawServer::Then::stall}});
  std::map<HttpOutcome, std::size_t> outcomes;
  std::mutex mutex;
  constexpr std::size_t kTooMany = 5;
  {
    HttpClient client({.thread_name = "test", .connections_per_host = 1});
    for (std::size_t i = 0; i < kUpstreamQueueMost + kTooMany; ++i) {
      client.send(get(server.url()), [&](const HttpAnswer& answer) {
        const std::lock_guard lock(mutex);
        ++outcomes[answer.outcome];
      });
    }
    EXPECT_EQ(client.open_calls(), kUpstreamQueueMost);
    EXPECT_EQ(outcomes[HttpOutcome::overloaded], kTooMany);
  }
  EXPECT_EQ(outcomes[HttpOutcome::ended], kUpstreamQueueMost);
  EXPECT_EQ(outcomes.size(), 2U);
}

TEST(HttpClient, AnswersCallsThatAreMadeInAnAnswerUntilItsEnd) {
  HttpServer server([](const httplib::Request&, httplib::Response&) {});
  Inbox<HttpOutcome> inbox;
  {
    HttpClient client({});
    client.send(get(server.url()), [&](const HttpAnswer& first) {
      inbox.put(first.outcome);
      client.send(get(server.url()), [&](const HttpAnswer& second) { inbox.put(second.outcome); });
    });
    EXPECT_EQ(inbox.take(), HttpOutcome::ok);
    EXPECT_EQ(inbox.take(), HttpOutcome::ok);
  }
  RawServer stalls({{"", RawServer::Then::stall}});
  {
    HttpClient client({});
    client.send(get(stalls.url()), [&](const HttpAnswer& first) {
      inbox.put(first.outcome);
      client.send(get(stalls.url()), [&](const HttpAnswer& second) { inbox.put(second.outcome); });
    });
    EXPECT_TRUE(eventually([&] { return stalls.requests() == 1; }));
  }
  EXPECT_EQ(inbox.take(), HttpOutcome::ended);
  EXPECT_EQ(inbox.take(), HttpOutcome::ended);
}

TEST(HttpClient, ComesBackWhenTheServerDoes) {
  SilentPort port;
  HttpClient client({});
  const HttpServer::Handler nothing = [](const httplib::Request&, httplib::Response& response) {
    response.set_header("Connection", "close");
  };
  {
    HttpServer server(nothing, port.number());
    EXPECT_EQ(answer_of(client, get(port.url())).outcome, HttpOutcome::ok);
  }
  EXPECT_EQ(answer_of(client, get(port.url())).outcome, HttpOutcome::unreachable);
  HttpServer server(nothing, port.number());
  EXPECT_EQ(answer_of(client, get(port.url())).outcome, HttpOutcome::ok);
}

}  // namespace
}  // namespace app
