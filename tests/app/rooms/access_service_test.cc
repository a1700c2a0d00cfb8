#include "app/rooms/access_service.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <latch>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "tests/app/upstream/http_server.h"
#include "tests/app/upstream/inbox.h"

namespace app {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Json = nlohmann::json;

// A service that answers what the test says, and allows everything else.
class Service {
 public:
  Service() : server_([this](const auto& request, auto& response) { answer(request, response); }) {}

  std::string url() const { return server_.url("/access"); }
  int calls() const noexcept { return calls_.load(); }
  Json last() {
    const std::lock_guard lock(mutex_);
    return last_;
  }
  void says(const std::string& body, int status = 200) {
    const std::lock_guard lock(mutex_);
    body_ = body;
    status_ = status;
  }
  // Called with each request before it is answered.
  std::function<void()> before = [] {};

 private:
  void answer(const httplib::Request& request, httplib::Response& response) {
    ++calls_;
    before();
    response.set_header("Connection", "close");
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.get_header_value("Content-Type"), "application/json");
    const std::lock_guard lock(mutex_);
    last_ = Json::parse(request.body);
    response.status = status_;
    response.set_content(body_, "application/json");
  }

  std::atomic<int> calls_ = 0;
  std::mutex mutex_;
  Json last_;
  std::string body_ = R"({"allowed":true})";
  int status_ = 200;
  HttpServer server_;
};

class AccessServiceTest : public testing::Test {
 protected:
  AccessServiceOptions options() const { return {.url = service_.url(), .timeout = seconds{15}}; }
  static BreakerOptions quick() {
    return {.pause_first = milliseconds{1}, .pause_most = milliseconds{4}};
  }
  AccessQuestion question(std::string_view user = "ann", std::string_view room = "desk",
                          RoomOperation operation = RoomOperation::join) const {
    return {.user = user, .grants = &grants_, .operation = operation, .room = room};
  }
  AccessAnswer ask(AccessService& access, const AccessQuestion& about) {
    access.ask(about, [this](AccessAnswer answer) { answers_.put(answer); });
    return answers_.take();
  }

  std::latch over_{1};  // Outlives the server, whose threads may wait for it.
  Service service_;
  Grants grants_{.tenant = "acme",
                 .type = UserType::employee,
                 .roles = {"a", "\"b\""},
                 .permissions = {"p"},
                 .hash = 1};
  Inbox<AccessAnswer> answers_;
};

TEST_F(AccessServiceTest, TellsTheServiceWhoWantsWhat) {
  AccessService access(options());
  EXPECT_EQ(ask(access, question("ann \"\\", "desk", RoomOperation::history)),
            AccessAnswer::allowed);
  EXPECT_EQ(service_.last(), (Json{{"user", "ann \"\\"},
                                   {"tenant", "acme"},
                                   {"type", "employee"},
                                   {"roles", {"a", "\"b\""}},
                                   {"permissions", {"p"}},
                                   {"room", "desk"},
                                   {"operation", "history"}}));
}

TEST_F(AccessServiceTest, RemembersAnAnswerForThatQuestionAlone) {
  AccessService access(options());
  EXPECT_FALSE(access.recall(question()));
  EXPECT_EQ(ask(access, question()), AccessAnswer::allowed);
  EXPECT_EQ(access.recall(question()), true);
  service_.says(R"({"allowed":false})");
  EXPECT_EQ(ask(access, question("bob")), AccessAnswer::denied);
  EXPECT_EQ(access.recall(question("bob")), false);
  EXPECT_FALSE(access.recall(question("ann", "desk2")));
  EXPECT_FALSE(access.recall(question("ann", "desk", RoomOperation::send)));
  grants_.hash = 2;
  EXPECT_FALSE(access.recall(question())) << "with other roles";
  EXPECT_EQ(access.counts().cache_hits, 2U);
}

TEST_F(AccessServiceTest, AnAnswerHoldsAsLongAsItSays) {
  AccessService access(options());
  service_.says(R"({"allowed":true,"ttl":0})");
  EXPECT_EQ(ask(access, question()), AccessAnswer::allowed);
  EXPECT_FALSE(access.recall(question()));
  service_.says(R"({"allowed":true,"ttl":0.05})");
  EXPECT_EQ(ask(access, question()), AccessAnswer::allowed);
  std::this_thread::sleep_for(milliseconds{60});
  EXPECT_FALSE(access.recall(question()));
  AccessServiceOptions forgetful = options();
  forgetful.cache_for = {};
  AccessService other(forgetful);
  service_.says(R"({"allowed":true})");
  EXPECT_EQ(ask(other, question()), AccessAnswer::allowed);
  EXPECT_FALSE(other.recall(question()));
}

TEST_F(AccessServiceTest, ManyWhoAskTheSameAreOneCall) {
  std::latch all_asked(1);
  service_.before = [&] { all_asked.wait(); };
  AccessService access(options());
  for (int i = 0; i < 20; ++i) {
    access.ask(question(), [this](AccessAnswer answer) { answers_.put(answer); });
  }
  EXPECT_EQ(access.counts().waiting, 20U);
  all_asked.count_down();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(answers_.take(), AccessAnswer::allowed);
  EXPECT_EQ(service_.calls(), 1);
  EXPECT_EQ(access.counts().waiting, 0U);
}

TEST_F(AccessServiceTest, ALiarIsLeftAloneAndAskedAgainLater) {
  AccessService access(options(), quick());
  service_.says(R"({"allowed":"yes"})");
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(ask(access, question()), AccessAnswer::unavailable);
  }
  EXPECT_GE(access.counts().service_failures, kBreakerFailuresInARow);
  service_.says(R"({"allowed":true})");
  while (ask(access, question()) != AccessAnswer::allowed) {
  }
  EXPECT_FALSE(access.counts().breaker_open);
}

TEST_F(AccessServiceTest, WhatWasKnownHoldsWhileItIsDownIfSoConfigured) {
  AccessServiceOptions kind = options();
  kind.cache_for = {};
  AccessService access(kind);
  EXPECT_EQ(ask(access, question()), AccessAnswer::allowed);
  service_.says(R"({"allowed":false})");
  EXPECT_EQ(ask(access, question("bob")), AccessAnswer::denied);
  service_.says("", 500);
  EXPECT_EQ(ask(access, question()), AccessAnswer::unavailable);
  access.set_when_down(WhenServiceIsDown::admit_known, seconds{60});
  for (int i = 0; i < 10; ++i) {  // Before and after the breaker opens.
    EXPECT_EQ(ask(access, question()), AccessAnswer::allowed);
    EXPECT_EQ(ask(access, question("bob")), AccessAnswer::denied);
    EXPECT_EQ(ask(access, question("eve")), AccessAnswer::unavailable);
  }
  EXPECT_TRUE(access.counts().breaker_open);
  EXPECT_EQ(access.counts().allowed_while_down, 10U);
  access.set_when_down(WhenServiceIsDown::admit_known, milliseconds{0});
  EXPECT_EQ(ask(access, question()), AccessAnswer::unavailable) << "that was too long ago";
}

TEST_F(AccessServiceTest, SlowIsATimeout) {
  AccessServiceOptions hasty = options();
  hasty.timeout = milliseconds{50};
  service_.before = [&] { over_.wait(); };
  {
    AccessService access(hasty);
    EXPECT_EQ(ask(access, question()), AccessAnswer::unavailable);
    EXPECT_EQ(access.counts().timeouts, 1U);
  }
  over_.count_down();
}

// What waits in vain for its turn says nothing of the service.
TEST_F(AccessServiceTest, AFloodIsNotTheServiceBeingDown) {
  AccessServiceOptions few = options();
  few.timeout = milliseconds{500};
  few.connections = 1;
  few.cache_for = {};
  few.when_down = WhenServiceIsDown::admit_known;
  few.known_for = seconds{60};
  AccessService access(few, {.pause_first = seconds{600}});
  EXPECT_EQ(ask(access, question()), AccessAnswer::allowed);
  service_.says(R"({"allowed":false})");
  service_.before = [] { std::this_thread::sleep_for(milliseconds{50}); };
  constexpr int kRooms = 50;
  for (int i = 0; i <= kRooms; ++i) {
    const std::string room = i < kRooms ? "r" + std::to_string(i) : "desk";
    access.ask(question("ann", room), [this](AccessAnswer answer) { answers_.put(answer); });
  }
  std::map<AccessAnswer, int> said;
  for (int i = 0; i <= kRooms; ++i) ++said[answers_.take()];
  EXPECT_GT(said[AccessAnswer::denied], 0);
  EXPECT_GT(said[AccessAnswer::unavailable], 0);
  EXPECT_EQ(said[AccessAnswer::allowed], 0);
  EXPECT_EQ(access.counts().service_failures, 0U);
  EXPECT_EQ(access.counts().allowed_while_down, 0U);
  EXPECT_GT(access.counts().overloaded, 0U);
  EXPECT_FALSE(access.counts().breaker_open);
}

TEST_F(AccessServiceTest, ItsEndAnswersWhoWaits) {
  service_.before = [&] { over_.wait(); };
  {
    AccessService access(options());
    access.ask(question(), [this](AccessAnswer answer) { answers_.put(answer); });
  }
  EXPECT_EQ(answers_.take(), AccessAnswer::unavailable);
  over_.count_down();
}

}  // namespace
}  // namespace app
