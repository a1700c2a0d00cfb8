#include "app/upstream/circuit_breaker.h"

#include <gtest/gtest.h>

namespace app {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using State = CircuitBreaker::State;

class CircuitBreakerTest : public testing::Test {
 protected:
  void fail(int times) {
    for (int i = 0; i < times; ++i) breaker_.failed(pass(), now_);
  }
  void succeed(int times) {
    for (int i = 0; i < times; ++i) breaker_.succeeded(pass());
  }
  CircuitBreaker::Pass pass() {
    const auto entered = breaker_.enter(now_);
    EXPECT_TRUE(entered.has_value());
    return entered.value_or(CircuitBreaker::Pass{});
  }
  bool refuses() { return !breaker_.enter(now_).has_value(); }

  base::Instant now_{seconds{100}};
  CircuitBreaker breaker_;
};

TEST_F(CircuitBreakerTest, OpensAfterFiveFailuresInARow) {
  fail(4);
  succeed(1);
  fail(4);
  EXPECT_EQ(breaker_.state(), State::closed);
  fail(1);
  EXPECT_EQ(breaker_.state(), State::open);
  EXPECT_TRUE(refuses());
}

TEST_F(CircuitBreakerTest, OpensWhenMoreThanHalfOfTheLastTwentyFailed) {
  for (int i = 0; i < 10; ++i) {  // Exactly half of them, for ever.
    fail(1);
    succeed(1);
  }
  EXPECT_EQ(breaker_.state(), State::closed);
  fail(1);  // Takes the place of a failure.
  EXPECT_EQ(breaker_.state(), State::closed);
  fail(1);  // And this of a success.
  EXPECT_EQ(breaker_.state(), State::open);
}

TEST_F(CircuitBreakerTest, SaysNothingOfFewCalls) {
  for (int i = 0; i < 4; ++i) {
    fail(3);
    succeed(1);
  }
  EXPECT_EQ(breaker_.state(), State::closed);  // 12 of 16.
  fail(3);
  succeed(1);
  EXPECT_EQ(breaker_.state(), State::closed);  // A success is the twentieth: judged by failures.
  fail(1);
  EXPECT_EQ(breaker_.state(), State::open);
}

TEST_F(CircuitBreakerTest, LetsOneProbeThroughAfterThePauseAndClosesWhenItSucceeds) {
  fail(5);
  now_ += milliseconds{999};
  EXPECT_TRUE(refuses());
  now_ += milliseconds{1};
  const auto probe = pass();
  EXPECT_EQ(breaker_.state(), State::half_open);
  EXPECT_TRUE(refuses());
  breaker_.succeeded(probe);
  EXPECT_EQ(breaker_.state(), State::closed);
  fail(4);  // What failed before it opened is forgotten.
  EXPECT_EQ(breaker_.state(), State::closed);
}

TEST_F(CircuitBreakerTest, WaitsTwiceAsLongAfterEachProbeThatFailedUpToABound) {
  fail(5);
  for (const int pause : {1, 2, 4, 8, 16, 30, 30}) {
    now_ += seconds{pause} - milliseconds{1};
    EXPECT_TRUE(refuses()) << pause;
    now_ += milliseconds{1};
    breaker_.failed(pass(), now_);
    EXPECT_EQ(breaker_.state(), State::open);
  }
  now_ += seconds{30};
  succeed(1);
  fail(5);
  now_ += seconds{1};  // The first pause again.
  EXPECT_FALSE(refuses());
}

TEST_F(CircuitBreakerTest, DoesNotHearCallsOfAnEarlierPeriod) {
  const auto slow = pass();
  const auto slower = pass();
  fail(5);
  breaker_.succeeded(slow);
  EXPECT_EQ(breaker_.state(), State::open);
  now_ += seconds{1};
  const auto probe = pass();
  breaker_.failed(slower, now_);
  EXPECT_EQ(breaker_.state(), State::half_open);
  breaker_.succeeded(probe);
  EXPECT_EQ(breaker_.state(), State::closed);
  breaker_.failed(probe, now_);  // Nor a report that comes twice.
  fail(4);
  EXPECT_EQ(breaker_.state(), State::closed);
}

TEST_F(CircuitBreakerTest, TriesAgainAtOnceWhenAProbeWasNeverMade) {
  fail(5);
  now_ += seconds{1};
  breaker_.abandoned(pass());
  EXPECT_EQ(breaker_.state(), State::open);
  succeed(1);
  EXPECT_EQ(breaker_.state(), State::closed);
  fail(4);
  breaker_.abandoned(pass());  // Neither a failure nor a success.
  EXPECT_EQ(breaker_.state(), State::closed);
  fail(1);
  EXPECT_EQ(breaker_.state(), State::open);
}

}  // namespace
}  // namespace app
