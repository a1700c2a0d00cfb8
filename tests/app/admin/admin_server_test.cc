#include "app/admin/admin_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <latch>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/app/admin/raw_http_client.h"
#include "tests/app/admin/running_admin.h"

namespace app {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::HasSubstr;
using tests::json_of;
using tests::RawHttpClient;
using tests::RunningAdmin;

constexpr const char* kBroadcast = "/api/v1/broadcast";
const std::string kEvent = R"({"event":"e","data":1})";

std::string refusal(AdminOptions options) {
  tests::FakeControl control;
  AdminServer server(std::move(options), control);
  const base::Status status = server.start();
  return status ? "started" : status.error().message;
}

TEST(AdminStart, SaysWhichOptionIsWrong) {
  EXPECT_THAT(refusal({}), HasSubstr("admin.listen: "));
  EXPECT_THAT(refusal({.listen = "nonsense"}), HasSubstr("admin.listen: "));
  EXPECT_THAT(refusal({.listen = "0.0.0.0:0"}), HasSubstr("admin.listen: anybody could command"));
  EXPECT_THAT(refusal({.listen = "[::]:0"}), HasSubstr("admin.listen: anybody could command"));
  EXPECT_EQ(refusal({.listen = "127.0.0.2:0"}), "started");
  EXPECT_EQ(refusal({.listen = "0.0.0.0:0", .api_keys = {tests::kKey}}), "started");
  EXPECT_THAT(refusal({.listen = "127.0.0.1:0", .api_keys = {tests::kKey, "short"}}),
              HasSubstr("admin.api_key: key 2: an API key has at least 16"));
  EXPECT_THAT(refusal({.listen = "127.0.0.1:0", .threads = 0}), HasSubstr("admin.threads: "));
  EXPECT_THAT(refusal({.listen = "127.0.0.1:0", .threads = 65}), HasSubstr("admin.threads: "));
  EXPECT_EQ(refusal({.listen = "127.0.0.1:0", .certificate_file = "x"}),
            "admin.certificate_file: needs admin.private_key_file");
  EXPECT_EQ(refusal({.listen = "127.0.0.1:0", .client_authority_file = "x"}),
            "admin.client_authority_file: needs admin.certificate_file");
  EXPECT_THAT(
      refusal({.listen = "127.0.0.1:0", .certificate_file = "/nowhere", .private_key_file = "/no"}),
      HasSubstr("admin.certificate_file holds no certificate"));
}

TEST(AdminStart, SaysThatTheAddressIsTaken) {
  RunningAdmin admin;
  admin.start();
  const std::string taken = "127.0.0.1:" + std::to_string(admin.server->port());
  EXPECT_THAT(refusal({.listen = taken}), HasSubstr("Address already in use"));
}

TEST(AdminStart, CanBeStartedAgainAfterStop) {
  RunningAdmin admin;
  EXPECT_EQ(admin.send("GET", "/health").status, 200);
  admin.server->stop();
  EXPECT_THROW(RawHttpClient(admin.server->port()), std::runtime_error);
  ASSERT_TRUE(admin.server->start());
  EXPECT_EQ(admin.send("GET", "/health").status, 200);
}

// The names of this process's threads that begin with "admin-", and which of them takes signals.
std::set<std::string> admin_threads(bool& takes_signals) {
  std::set<std::string> names;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream file(task.path() / "comm");
    std::string name;
    std::getline(file, name);
    if (!name.starts_with("admin-")) continue;
    names.insert(name);
    std::ifstream status(task.path() / "status");
    for (std::string line; std::getline(status, line);) {
      if (!line.starts_with("SigBlk:")) continue;
      const auto blocked = std::stoull(line.substr(7), nullptr, 16);
      // SIGHUP, SIGINT and SIGTERM, numbered from one.
      if ((blocked & 0x4003U) != 0x4003U) takes_signals = true;
    }
  }
  return names;
}

TEST(AdminThreads, AreNamedAndTakeNoSignals) {
  RunningAdmin admin({.api_keys = {tests::kKey}, .threads = 2});
  admin.start();
  bool takes_signals = false;
  EXPECT_EQ(admin_threads(takes_signals), (std::set<std::string>{"admin-0", "admin-1", "admin-2"}));
  EXPECT_FALSE(takes_signals);
  admin.server->stop();
  EXPECT_TRUE(admin_threads(takes_signals).empty());
}

TEST(AdminStop, EndsSoonWhateverConnectionsDo) {
  RunningAdmin admin({.api_keys = {tests::kKey}, .threads = 3});
  admin.start();
  RawHttpClient silent(admin.server->port());
  RawHttpClient kept(admin.server->port());
  kept.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(kept.read_answer(), HasSubstr("200 OK"));
  RawHttpClient half(admin.server->port());
  half.send("GET /hea");
  std::this_thread::sleep_for(milliseconds(50));
  const auto begun = steady_clock::now();
  admin.server->stop();
  EXPECT_LT(steady_clock::now() - begun, milliseconds(1000));
}

TEST(AdminPages, NeedNoKeyAndTellTheStatus) {
  RunningAdmin admin;
  const httplib::Headers none{{"X-API-Key", ""}};
  EXPECT_EQ(admin.send("GET", "/health", "", none).status, 200);
  EXPECT_EQ(admin.send("GET", "/ready", "", none).body, "{\"ready\":true}\n");
  const auto metrics = admin.send("GET", "/metrics", "", none);
  EXPECT_EQ(metrics.body, "millrace_connections 3\n");
  EXPECT_THAT(metrics.get_header_value("Content-Type"), HasSubstr("version=0.0.4"));
  EXPECT_EQ(admin.send("GET", "/ws/status", "", none).body, "{\"connections\":3}\n");
  const auto head = admin.send("HEAD", "/metrics", "", none);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(head.get_header_value("Content-Length"), "23");
}

TEST(AdminPages, SayWhenNoNewClientsAreTakenThoughTheProcessLives) {
  RunningAdmin admin;
  admin.control.is_ready = false;
  EXPECT_EQ(admin.send("GET", "/health").status, 200);
  EXPECT_EQ(admin.send("GET", "/ready").status, 503);
  EXPECT_EQ(admin.send("GET", "/ready").body, "{\"ready\":false}\n");
}

TEST(AdminPages, TheLivePageComesWithItsPolicy) {
  RunningAdmin admin;
  const auto page = admin.send("GET", "/");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("<title>Millrace live</title>"));
  EXPECT_THAT(page.get_header_value("Content-Security-Policy"), HasSubstr("default-src 'none'"));
  EXPECT_EQ(page.get_header_value("X-Content-Type-Options"), "nosniff");
}

TEST(AdminKeys, TheFiguresOfTheLivePageNeedOneWhereStrangersConnect) {
  RunningAdmin local;
  EXPECT_EQ(local.send("GET", "/live.json", "", {{"X-API-Key", ""}}).status, 200);
  const httplib::Headers by_name{{"X-API-Key", ""}, {"Host", "gateway.example"}};
  EXPECT_EQ(local.send("GET", "/live.json", "", by_name).status, 401);
  RunningAdmin open({.listen = "0.0.0.0:0", .api_keys = {tests::kKey}});
  EXPECT_EQ(open.send("GET", "/live.json", "", {{"X-API-Key", ""}}).status, 401);
  EXPECT_EQ(open.send("GET", "/live.json").status, 200);
}

TEST(AdminKeys, AreAskedForAndTakenFromEitherHeader) {
  RunningAdmin admin;
  const auto none = admin.send("POST", kBroadcast, kEvent, {{"X-API-Key", "wrong"}});
  EXPECT_EQ(none.status, 401);
  EXPECT_EQ(none.get_header_value("WWW-Authenticate"), "Bearer realm=\"millrace\"");
  EXPECT_EQ(json_of(none).at("type"), "/problems/unauthorized");
  EXPECT_TRUE(admin.control.asked().empty());
  const std::string bearer = std::string("Bearer ") + tests::kKey;
  EXPECT_EQ(admin.send("POST", kBroadcast, kEvent, {{"Authorization", bearer}, {"X-API-Key", "x"}})
                .status,
            200);
  EXPECT_EQ(admin.send("POST", kBroadcast, kEvent).status, 200);
  EXPECT_EQ(admin.control.refused(AdminRefusal::no_valid_key), 1U);
}

// Each answer to requests with these keys, one after the other.
std::vector<std::string> answers_to_keys(std::uint16_t port, const std::vector<std::string>& keys) {
  std::vector<std::string> answers;
  RawHttpClient client(port);
  for (const std::string& key : keys) {
    client.send("GET /api/v1/rooms HTTP/1.1\r\nHost: localhost\r\nX-API-Key: " + key + "\r\n\r\n");
    answers.push_back(client.read_answer());
  }
  return answers;
}

TEST(AdminKeys, WhoeverGuessesIsClosedOut) {
  std::vector<std::string> keys(12, "guess");
  keys.emplace_back(tests::kKey);
  // All within one second, which a busy machine may not manage at once.
  for (int attempt = 0; attempt < 10; ++attempt) {
    RunningAdmin admin;
    admin.start();
    const auto begun = steady_clock::now();
    const std::vector<std::string> answers = answers_to_keys(admin.server->port(), keys);
    if (steady_clock::now() - begun > milliseconds(900)) continue;
    ASSERT_EQ(answers.size(), 13U);
    for (std::size_t i = 0; i < 10; ++i) EXPECT_THAT(answers[i], HasSubstr("401 Unauthorized"));
    for (std::size_t i = 10; i < 13; ++i) {
      EXPECT_THAT(answers[i], HasSubstr("429 Too Many Requests"));
      EXPECT_THAT(answers[i], HasSubstr("Retry-After: 1"));
    }
    EXPECT_EQ(admin.control.refused(AdminRefusal::no_valid_key), 10U);
    EXPECT_EQ(admin.control.refused(AdminRefusal::address_closed_out), 3U);
    return;
  }
  FAIL() << "thirteen requests took longer than a second, ten times";
}

TEST(AdminKeys, WithoutThemOnlyNamesOfThisHostAreAnswered) {
  RunningAdmin admin({.api_keys = {}});
  admin.start();
  for (const char* host : {"localhost", "LOCALHOST:80", "127.0.0.1:9090", "[::1]:9090"}) {
    EXPECT_EQ(admin.send("GET", "/api/v1/rooms", "", {{"Host", host}}).status, 200) << host;
  }
  for (const char* host :
       {"evil.example", "127.0.0.1.evil.example:9090", "localhost.evil.example"}) {
    const auto response = admin.send("GET", "/api/v1/rooms", "", {{"Host", host}});
    EXPECT_EQ(response.status, 421) << host;
    EXPECT_EQ(json_of(response).at("type"), "/problems/wrong-host");
  }
}

TEST(AdminProblems, EveryRefusalIsOneWithTheRequestsId) {
  struct Case {
    std::string method, target, body;
    httplib::Headers headers;
    int status;
    std::string type;
  };
  const std::vector<Case> cases{
      {"GET", "/nowhere", "", {}, 404, "/problems/not-found"},
      {"GET", "/../../etc/passwd", "", {}, 404, "/problems/not-found"},
      {"GET", "/%2e%2e/%2e%2e/etc/passwd", "", {}, 404, "/problems/not-found"},
      {"PATCH", "/api/v1/publish", "{}", {}, 405, "/problems/method-not-allowed"},
      {"OPTIONS", "/api/v1/publish", "", {}, 405, "/problems/method-not-allowed"},
      {"POST", kBroadcast, "{", {}, 400, "/problems/invalid-json"},
      {"POST", kBroadcast, "[]", {}, 400, "/problems/invalid-json"},
      {"POST",
       kBroadcast,
       kEvent,
       {{"Content-Type", "text/plain"}},
       415,
       "/problems/unsupported-media-type"},
      {"POST",
       kBroadcast,
       kEvent,
       {{"Content-Type", "multipart/form-data; boundary=x"}},
       415,
       "/problems/unsupported-media-type"},
      {"POST",
       kBroadcast,
       kEvent,
       {{"Content-Encoding", "gzip"}},
       415,
       "/problems/unsupported-media-type"},
      {"POST",
       kBroadcast,
       kEvent,
       {{"Idempotency-Key", std::string(129, 'k')}},
       400,
       "/problems/bad-request"},
      {"GET", "/health?" + std::string(4096, 'x'), "", {}, 414, "/problems/target-too-long"},
      {"POST", kBroadcast, std::string((1U << 20U) + 1, ' '), {}, 413, "/problems/body-too-large"}};
  RunningAdmin admin;
  for (Case one : cases) {
    one.headers.emplace("X-Request-Id", "my-id.7");
    const auto response = admin.send(one.method, one.target, one.body, one.headers);
    EXPECT_EQ(response.status, one.status) << one.method << one.target;
    EXPECT_EQ(response.get_header_value("Content-Type"), "application/problem+json");
    EXPECT_EQ(response.get_header_value("X-Request-Id"), "my-id.7");
    EXPECT_EQ(json_of(response).at("type"), one.type) << response.body;
    EXPECT_EQ(json_of(response).at("status"), one.status);
    EXPECT_EQ(json_of(response).at("instance"), "my-id.7");
  }
  EXPECT_TRUE(admin.control.asked().empty());
}

TEST(AdminProblems, TellWhichMethodsThereAre) {
  RunningAdmin admin;
  EXPECT_EQ(admin.send("PUT", "/api/v1/subscriptions", "{}").get_header_value("Allow"),
            "POST, DELETE");
}

TEST(AdminProblems, AnExceptionsTextStaysInside) {
  RunningAdmin admin;
  admin.control.publish_step = [](const auto&) -> base::Result<PublishOutcome> {
    throw std::runtime_error("the secret of /etc");
  };
  const auto response = admin.send("POST", kBroadcast, kEvent, {{"Idempotency-Key", "k"}});
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(json_of(response).at("type"), "/problems/internal-error");
  EXPECT_THAT(response.body, testing::Not(HasSubstr("secret")));
  for (const auto& [name, value] : response.headers)
    EXPECT_THAT(value, testing::Not(HasSubstr("secret")));
  // It was not carried out, so the key is free.
  admin.control.publish_step = [](const auto&) { return PublishOutcome{}; };
  EXPECT_EQ(admin.send("POST", kBroadcast, kEvent, {{"Idempotency-Key", "k"}}).status, 200);
}

TEST(AdminRequestIds, AreMadeWhereTheCallersIsNone) {
  RunningAdmin admin;
  for (const char* id : {"", "a b", "a%0d%0aX-Injected: 1", "<script>"}) {
    const auto response = admin.send("GET", "/health", "", {{"X-Request-Id", id}});
    EXPECT_TRUE(
        std::regex_match(response.get_header_value("X-Request-Id"), std::regex("[0-9a-f]{16}")));
    EXPECT_FALSE(response.has_header("X-Injected"));
  }
}

TEST(AdminIdempotency, ARetryGetsTheFirstAnswerAndIsNotCarriedOut) {
  RunningAdmin admin;
  std::atomic<std::uint64_t> number{0};
  admin.control.publish_step = [&](const auto&) { return PublishOutcome{.number = ++number}; };
  const httplib::Headers key{{"Idempotency-Key", "order 7"}};
  const auto first = admin.send("POST", kBroadcast, kEvent, key);
  const auto second = admin.send("POST", kBroadcast, kEvent, key);
  EXPECT_EQ(second.body, first.body);
  EXPECT_FALSE(first.has_header("Idempotency-Replayed"));
  EXPECT_EQ(second.get_header_value("Idempotency-Replayed"), "true");
  const auto other = admin.send("POST", kBroadcast, R"({"event":"f","data":1})", key);
  EXPECT_EQ(other.status, 422);
  EXPECT_EQ(json_of(other).at("type"), "/problems/key-reused");
  EXPECT_EQ(number, 1U);
}

TEST(AdminIdempotency, IsOfEachCallerByItself) {
  RunningAdmin admin({.api_keys = {tests::kKey, "another-key-of-16-and-more"}});
  httplib::Headers key{{"Idempotency-Key", "1"}};
  EXPECT_EQ(admin.send("POST", kBroadcast, kEvent, key).status, 200);
  key.emplace("X-API-Key", "another-key-of-16-and-more");
  EXPECT_EQ(admin.send("POST", kBroadcast, R"({"event":"f","data":1})", key).status, 200);
}

TEST(AdminIdempotency, AFailureMayBeTriedAgain) {
  RunningAdmin admin;
  admin.control.failure = "not now";
  const httplib::Headers key{{"Idempotency-Key", "k"}};
  EXPECT_EQ(admin.send("POST", kBroadcast, kEvent, key).status, 503);
  admin.control.failure.reset();
  const auto again = admin.send("POST", kBroadcast, kEvent, key);
  EXPECT_EQ(again.status, 200);
  EXPECT_FALSE(again.has_header("Idempotency-Replayed"));
}

TEST(AdminIdempotency, OfTwoAtOnceOneIsCarriedOut) {
  RunningAdmin admin;
  std::latch inside(1);
  std::latch go_on(1);
  admin.control.publish_step = [&](const auto&) {
    inside.count_down();
    go_on.wait();
    return PublishOutcome{.number = 1};
  };
  admin.start();
  const httplib::Headers key{{"Idempotency-Key", "k"}};
  auto first =
      std::async(std::launch::async, [&] { return admin.send("POST", kBroadcast, kEvent, key); });
  inside.wait();
  const auto second = admin.send("POST", kBroadcast, kEvent, key);
  go_on.count_down();
  EXPECT_EQ(second.status, 409);
  EXPECT_EQ(json_of(second).at("type"), "/problems/key-in-progress");
  EXPECT_EQ(first.get().status, 200);
  EXPECT_EQ(admin.control.asked().size(), 1U);
}

}  // namespace
}  // namespace app
