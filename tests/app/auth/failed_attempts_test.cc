#include "app/auth/failed_attempts.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "app/gateway_limits.h"

namespace app {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint32_t kLimit = 5;
constexpr base::Instant kStart = base::Instant(minutes(1000));

std::uint64_t key(std::string_view address) {
  return address_key(engine::PeerAddress::of(engine::Address::parse(address).take()));
}

void note(FailedAttempts& attempts, std::uint64_t address, std::uint32_t count, base::Instant now) {
  for (std::uint32_t i = 0; i < count; ++i) attempts.note(address, now);
}

TEST(FailedAttempts, TheLimitIsBorneAndNoMore) {
  FailedAttempts attempts(kLimit, 1);
  const std::uint64_t address = key("192.0.2.1:0");
  note(attempts, address, kLimit - 1, kStart);
  EXPECT_FALSE(attempts.throttled(address, kStart));
  attempts.note(address, kStart + seconds(1));
  EXPECT_TRUE(attempts.throttled(address, kStart + seconds(2)));
  EXPECT_TRUE(attempts.throttled(address, kStart + seconds(59)));
  EXPECT_FALSE(attempts.throttled(address, kStart + seconds(60))) << "a new minute";
  attempts.note(address, kStart + seconds(60));
  EXPECT_FALSE(attempts.throttled(address, kStart + seconds(61)));
}

TEST(FailedAttempts, ALateThreadCountsIntoTheNewMinute) {
  FailedAttempts attempts(kLimit, 1);
  const std::uint64_t address = key("192.0.2.1:0");
  note(attempts, address, kLimit - 1, kStart + minutes(1));
  attempts.note(address, kStart + seconds(59));
  EXPECT_TRUE(attempts.throttled(address, kStart + minutes(1)));
}

TEST(FailedAttempts, ZeroIsNoLimit) {
  FailedAttempts attempts(0, 1);
  note(attempts, 7, 1000, kStart);
  EXPECT_FALSE(attempts.throttled(7, kStart));
}

TEST(FailedAttempts, AddressesAreTakenTogetherWhereOneHostHasThem) {
  EXPECT_EQ(key("192.0.2.1:1"), key("192.0.2.1:2"));
  EXPECT_NE(key("192.0.2.1:1"), key("192.0.2.2:1"));
  EXPECT_EQ(key("[2001:db8:0:1::1]:1"), key("[2001:db8:0:1:ffff::2]:1"));
  EXPECT_NE(key("[2001:db8:0:1::1]:1"), key("[2001:db8:0:2::1]:1"));
  EXPECT_EQ(key("[::ffff:192.0.2.1]:1"), key("192.0.2.1:1"));
  EXPECT_NE(key("[::ffff:192.0.2.1]:1"), key("[::ffff:192.0.2.2]:1"));
  EXPECT_NE(key("[::1]:1"), 0U) << "this host, and it is known";
  EXPECT_NE(key("[::1]:1"), key("[::2]:1"));
}

TEST(FailedAttempts, WhoIsNotKnownIsNeverThrottled) {
  EXPECT_EQ(address_key({}), 0U);
  FailedAttempts attempts(1, 1);
  note(attempts, 0, 10, kStart);
  EXPECT_FALSE(attempts.throttled(0, kStart));
}

TEST(FailedAttempts, OthersAreSeldomThrottledWithThem) {
  FailedAttempts attempts(kLimit, 2);
  for (std::uint64_t hostile = 1; hostile <= 1000; ++hostile) {
    note(attempts, hostile, kLimit, kStart);
    EXPECT_TRUE(attempts.throttled(hostile, kStart)) << "never let off";
  }
  constexpr std::uint64_t kOthers = 100'000;
  std::uint64_t throttled = 0;
  for (std::uint64_t other = 0; other < kOthers; ++other) {
    throttled += attempts.throttled(1'000'000 + other, kStart) ? 1 : 0;
  }
  EXPECT_LT(throttled, kOthers / 2000) << "the header says 0.02 %";
  EXPECT_GT(throttled, 0U) << "or the two rows are larger than was said";
}

TEST(FailedAttempts, TheSeedDecidesWhoSharesCounters) {
  FailedAttempts one(1, 1);
  FailedAttempts two(1, 2);
  for (std::uint64_t hostile = 0; hostile < 20'000; ++hostile) {
    one.note(hostile, kStart);
    two.note(hostile, kStart);
  }
  int differ = 0;
  for (std::uint64_t other = 50'000; other < 60'000; ++other) {
    differ += one.throttled(other, kStart) != two.throttled(other, kStart) ? 1 : 0;
  }
  EXPECT_GT(differ, 100);
}

TEST(FailedAttempts, NoFailureIsLostBetweenThreads) {
  constexpr std::uint32_t kThreads = 4;
  constexpr std::uint32_t kEach = 20'000;
  FailedAttempts attempts(kThreads * kEach, 3);
  {
    std::vector<std::jthread> threads;
    for (std::uint32_t i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] { note(attempts, 9, i == 0 ? kEach - 1 : kEach, kStart); });
    }
  }
  EXPECT_FALSE(attempts.throttled(9, kStart));
  attempts.note(9, kStart);
  EXPECT_TRUE(attempts.throttled(9, kStart));
}

}  // namespace
}  // namespace app
