// What both drivers promise about waiting, time, bells and randomness.

#include "tests/conformance/party.h"

namespace conformance {
namespace {

using engine::submit_ring;
using std::chrono::milliseconds;
using std::chrono::seconds;

class Waking : public Pair {};

TEST_F(Waking, ARingWakesTheOtherAndIsSilentHere) {
  server_.settle();
  client_.settle();
  client_.stage(submit_ring(0));
  client_.settle();
  EXPECT_EQ(client_.pending(OperationKind::ring), 0U);
  EXPECT_EQ(client_.pending(OperationKind::wake), 0U);
  const auto wake = server_.await(OperationKind::wake);
  ASSERT_TRUE(wake.has_value());
  EXPECT_GE(wake->result, 0);
  EXPECT_FALSE(wake->has_buffer);
}

TEST_F(Waking, RingsGoBothWaysAndManyTimes) {
  for (int i = 0; i < 20; ++i) {
    client_.submit(submit_ring(0));
    ASSERT_TRUE(server_.await(OperationKind::wake).has_value()) << i;
    server_.submit(submit_ring(1));
    ASSERT_TRUE(client_.await(OperationKind::wake).has_value()) << i;
  }
}

TEST_F(Waking, SomebodyOutsideCanWakeAgainAndAgain) {
  server_.settle();
  for (int i = 0; i < 10; ++i) {
    world_.from_outside([this] { server_.driver().wake_from_outside(); });
    ASSERT_TRUE(server_.await(OperationKind::wake).has_value()) << i;
  }
}

TEST_F(Waking, WakesFromOutsideMayMergeButNeverGetLost) {
  server_.settle();
  for (int i = 0; i < 10; ++i) {
    world_.from_outside([this] {
      server_.driver().wake_from_outside();
      server_.driver().wake_from_outside();
    });
    ASSERT_TRUE(server_.await(OperationKind::wake).has_value()) << i;
    server_.settle();
    while (server_.pending(OperationKind::wake) > 0) server_.await(OperationKind::wake);
  }
}

TEST_F(Waking, ATurnWaitsForItsDeadlineWhenNothingComes) {
  server_.settle();
  const base::Instant deadline = server_.driver().now() + milliseconds{30};
  EXPECT_EQ(server_.turn(deadline), 0U);
  EXPECT_GE(server_.driver().now(), deadline);
  EXPECT_LT(server_.driver().now(), deadline + seconds{2});
}

TEST_F(Waking, ADeadlineThatIsPastDoesNotWait) {
  server_.settle();
  const base::Instant before = server_.driver().now();
  EXPECT_EQ(server_.turn(base::Instant{}), 0U);
  EXPECT_EQ(server_.turn(before), 0U);
  EXPECT_LT(server_.driver().now(), before + seconds{1});
}

TEST_F(Waking, TimeNeverGoesBack) {
  base::Instant last = server_.driver().now();
  for (int i = 0; i < 20; ++i) {
    server_.turn(server_.driver().now() + milliseconds{1});
    EXPECT_GE(server_.driver().now(), last);
    last = server_.driver().now();
  }
}

TEST_F(Waking, ATurnHandsOutNoMoreThanItsRoom) {
  server_.settle();
  for (int i = 0; i < 5; ++i) connected();
  for (int i = 0; i < 3; ++i) {
    client_.stage(engine::submit_send(static_cast<Descriptor>(12), 1, bytes("x")));
  }
  std::array<Completion, 1> room;
  std::uint32_t count = 0;
  for (int i = 0; i < 50 && count < 3; ++i) {
    const std::uint32_t handed_out =
        client_.driver().turn(room, client_.driver().now() + milliseconds{20});
    ASSERT_LE(handed_out, 1U);
    count += handed_out;
  }
  EXPECT_EQ(count, 3U);
}

TEST_F(Waking, TheSameSeedGivesTheSameNumbers) {
  DriverOptions options = small(2);
  options.seed = 42;
  Party one(options);
  Party other(options);
  options.seed = 43;
  Party third(options);
  const std::uint64_t first = one.driver().random();
  EXPECT_EQ(first, other.driver().random());
  EXPECT_NE(first, third.driver().random());
  EXPECT_NE(first, one.driver().random());
}

}  // namespace
}  // namespace conformance
