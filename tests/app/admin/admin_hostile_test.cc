// What no proper client sends to the server API: endless heads, bodies that lie about their length,
// requests that never end, crowds. Whatever it is, the server answers others afterwards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "app/gateway_limits.h"
#include "tests/app/admin/raw_http_client.h"
#include "tests/app/admin/running_admin.h"

namespace app {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::HasSubstr;
using testing::Not;
using tests::RawHttpClient;
using tests::RunningAdmin;

const std::string kHead =
    std::string("POST /api/v1/broadcast HTTP/1.1\r\nHost: localhost\r\nX-API-Key: ") + tests::kKey +
    "\r\nContent-Type: application/json\r\n";

class AdminHostile : public testing::Test {
 protected:
  void SetUp() override { admin.start(); }
  void TearDown() override { EXPECT_EQ(admin.send("GET", "/health").status, 200); }

  std::string answer_to(const std::string& bytes) {
    RawHttpClient client(admin.server->port());
    client.send(bytes);
    return client.read_to_end();
  }

  RunningAdmin admin;
};

TEST_F(AdminHostile, AHeadIsBounded) {
  const std::string long_line = "X-Long: " + std::string(9000, 'x') + "\r\n";
  EXPECT_THAT(answer_to("GET /health HTTP/1.1\r\n" + long_line + "\r\n"),
              HasSubstr("400 Bad Request"));
  std::string many = "GET /health HTTP/1.1\r\n";
  while (many.size() < 2 * kAdminHeadBytesMax) many += "X-Many: 1\r\n";
  const std::string answer = answer_to(many + "\r\n");
  EXPECT_THAT(answer, HasSubstr("400 Bad Request"));
  EXPECT_THAT(answer, HasSubstr("application/problem+json"));
  EXPECT_THAT(answer_to("GET /" + std::string(100'000, 'x')), Not(HasSubstr("200 OK")));
}

TEST_F(AdminHostile, WhatIsNoRequestIsRefusedAndTheConnectionEnds) {
  for (const char* bytes :
       {"\r\n\r\n", "GET\r\n\r\n", "GET /health\r\n\r\n", "GET /health HTTP/9.9\r\n\r\n",
        "\x16\x03\x01\x02\x01\xfc\r\n\r\n", "FOO /health HTTP/1.1\r\n\r\n",
        "GET  /health HTTP/1.1 x\r\n\r\n", "GET health HTTP/1.1\r\nConnection: close\r\n\r\n",
        "GET http://x/health HTTP/1.1\r\nConnection: close\r\n\r\n"}) {
    const std::string answer = answer_to(bytes);
    EXPECT_THAT(answer, HasSubstr("400 Bad Request")) << bytes;
    EXPECT_THAT(answer, HasSubstr("/problems/bad-request")) << bytes;
  }
}

TEST_F(AdminHostile, ABodyMustSayItsLengthPlainly) {
  EXPECT_THAT(answer_to(kHead + "\r\n"), HasSubstr("411 Length Required"));
  EXPECT_THAT(answer_to(kHead + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
              HasSubstr("411 Length Required"));
  EXPECT_THAT(answer_to(kHead + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}"),
              HasSubstr("411 Length Required"));
  EXPECT_THAT(answer_to(kHead + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
              HasSubstr("400 Bad Request"));
  for (const char* length : {"-1", "2x", "0x2", "1e3", "99999999999999999999999"}) {
    EXPECT_THAT(answer_to(kHead + "Content-Length: " + length + "\r\n\r\n{}"),
                HasSubstr("400 Bad Request"))
        << length;
  }
  EXPECT_THAT(answer_to(kHead + "Content-Length: 999999999999\r\n\r\n{}"),
              HasSubstr("413 Payload Too Large"));
  EXPECT_TRUE(admin.control.asked().empty());
}

TEST_F(AdminHostile, ARefusedBodyIsNeverReadAsTheNextRequest) {
  const std::string inner = kHead + "Content-Length: 22\r\n\r\n{\"event\":\"e\",\"data\":1}";
  const std::string length = "Content-Length: " + std::to_string(inner.size()) + "\r\n\r\n";
  for (const std::string& outer :
       {"GET /health HTTP/1.1\r\nHost: localhost\r\n" + length,
        "POST /nowhere HTTP/1.1\r\nHost: localhost\r\n" + length,
        "POST /api/v1/broadcast HTTP/1.1\r\nHost: localhost\r\n" + length,
        kHead + "Content-Length: 0\r\n" + length, kHead + "Transfer-Encoding: chunked\r\n\r\n"}) {
    const std::string answer = answer_to(outer + inner);
    EXPECT_THAT(answer, HasSubstr("Connection: close")) << outer;
    EXPECT_EQ(answer.find("HTTP/1.1", 1), std::string::npos) << answer;
  }
  EXPECT_TRUE(admin.control.asked().empty());
}

TEST_F(AdminHostile, RequestsBehindEachOtherAreAnsweredInTurn) {
  const std::string get = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const std::string last = "GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  const std::string post = kHead + "Content-Length: 22\r\n\r\n{\"event\":\"e\",\"data\":1}";
  const std::string answers = answer_to(get + post + get + last);
  EXPECT_THAT(answers, HasSubstr("\"ready\":true"));
  std::size_t count = 0;
  for (std::size_t at = 0; (at = answers.find("HTTP/1.1 200 OK", at)) != std::string::npos; ++at) {
    ++count;
  }
  EXPECT_EQ(count, 4U);
}

TEST_F(AdminHostile, AConnectionHasABoundedNumberOfRequests) {
  RawHttpClient client(admin.server->port());
  std::uint32_t answered = 0;
  for (; answered < 2 * kAdminRequestsPerConnectionMost; ++answered) {
    if (!client.send("GET /ready HTTP/1.1\r\nHost: localhost\r\n\r\n")) break;
    if (client.read_answer().empty()) break;
  }
  EXPECT_EQ(answered, kAdminRequestsPerConnectionMost);
}

TEST_F(AdminHostile, RangesAndEncodingsOfAnswersAreIgnored) {
  const std::string answer = answer_to(
      "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept-Encoding: gzip, "
      "br\r\n"
      "Range: bytes=0-1,5-9999999999,-3\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("200 OK"));
  EXPECT_THAT(answer, HasSubstr("millrace_connections 3"));
  EXPECT_THAT(answer, Not(HasSubstr("Content-Encoding")));
}

TEST_F(AdminHostile, AContinueIsAskedForBeforeABodyIsRefused) {
  RawHttpClient client(admin.server->port());
  client.send(kHead + "Content-Length: 9999999\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_THAT(client.read_answer(), HasSubstr("413 Payload Too Large"));
  RawHttpClient good(admin.server->port());
  good.send(kHead + "Content-Length: 22\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_THAT(good.read_answer(), HasSubstr("100 Continue"));
  good.send("{\"event\":\"e\",\"data\":1}");
  EXPECT_THAT(good.read_answer(), HasSubstr("200 OK"));
}

TEST_F(AdminHostile, ADeepOrEndlessBodyIsNoTrouble) {
  const auto post = [&](const std::string& body) {
    return admin.send("POST", "/api/v1/broadcast", body).status;
  };
  EXPECT_EQ(post("{\"event\":\"e\",\"data\":" + std::string(1'000'000, '[')), 400);
  EXPECT_EQ(post("{" + std::string(1'000'000, ' ')), 400);
  EXPECT_EQ(post("{\"event\":\"e\",\"data\":1,\"" + std::string(500'000, 'x') + "\":1}"), 400);
  EXPECT_EQ(post(R"({"event":"e","data":")" + std::string(1'000'000, 'x') + "\"}"), 200);
}

// Dribbles a request, a byte each 100 ms; returns after how long the server had enough.
milliseconds dribble(std::uint16_t port) {
  RawHttpClient client(port);
  const auto begun = steady_clock::now();
  const std::string request = "GET /health HTTP/1.1\r\nX-Slow: " + std::string(1000, 'x');
  for (const char byte : request) {
    if (!client.send(std::string(1, byte))) break;
    std::this_thread::sleep_for(milliseconds(100));
    if (steady_clock::now() - begun > milliseconds(9000)) break;
  }
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - begun);
}

TEST_F(AdminHostile, WhoeverDribblesIsCutOffAfterTheTimeout) {
  std::vector<std::future<milliseconds>> slow;
  for (std::uint32_t i = 0; i < admin.options.threads; ++i) {
    slow.push_back(std::async(std::launch::async, dribble, admin.server->port()));
  }
  for (auto& one : slow) {
    const milliseconds lasted = one.get();
    EXPECT_GT(lasted, milliseconds(4000));
    EXPECT_LT(lasted, milliseconds(8000));
  }
}

TEST_F(AdminHostile, IdleConnectionsGiveWayToThoseThatAsk) {
  std::vector<std::unique_ptr<RawHttpClient>> idle;
  for (std::uint32_t i = 0; i < 3 * admin.options.threads; ++i) {
    idle.push_back(std::make_unique<RawHttpClient>(admin.server->port()));
  }
  const auto begun = steady_clock::now();
  EXPECT_EQ(admin.send("GET", "/health").status, 200);
  EXPECT_LT(steady_clock::now() - begun, milliseconds(3000));
}

TEST(AdminCrowd, BeyondTheBoundIsToldToComeBack) {
  RunningAdmin admin({.api_keys = {tests::kKey}, .threads = 1});
  std::latch inside(1);
  std::latch go_on(1);
  admin.control.publish_step = [&](const auto&) {
    inside.count_down();
    go_on.wait();
    return PublishOutcome{};
  };
  admin.start();
  auto busy = std::async(std::launch::async, [&] {
    return admin.send("POST", "/api/v1/broadcast", R"({"event":"e","data":1})");
  });
  inside.wait();
  std::vector<std::unique_ptr<RawHttpClient>> crowd;
  for (std::size_t i = 0; i < kAdminConnectionsWaitingMost; ++i) {
    crowd.push_back(std::make_unique<RawHttpClient>(admin.server->port()));
  }
  RawHttpClient one_more(admin.server->port());
  const std::string refused = one_more.read_to_end();
  EXPECT_THAT(refused, HasSubstr("503 Service Unavailable"));
  EXPECT_THAT(refused, HasSubstr("Retry-After: 1"));
  EXPECT_THAT(refused, HasSubstr("/problems/unavailable"));
  EXPECT_EQ(admin.control.refused(AdminRefusal::all_threads_busy), 1U);
  go_on.count_down();
  EXPECT_EQ(busy.get().status, 200);
  crowd.clear();
  // Those who have gone are still in the queue for a moment.
  const auto deadline = steady_clock::now() + milliseconds(10'000);
  while (admin.send("GET", "/health").status != 200) {
    ASSERT_LT(steady_clock::now(), deadline);
    std::this_thread::sleep_for(milliseconds(5));
  }
}

}  // namespace
}  // namespace app
