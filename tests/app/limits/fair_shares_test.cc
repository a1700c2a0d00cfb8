#include "app/limits/fair_shares.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace app {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr base::Instant kStart{seconds{1000}};
constexpr Rate kTotal{.per_second = 1000, .burst = 100};

struct Tenant {
  std::uint64_t hash;
  double weight;
  int asks_per_ms;  // How often it tries in a millisecond.
  base::Duration begins{};
  std::uint64_t granted = 0;
};

// Lets all try for so long.
void run(FairShares& shares, std::vector<Tenant>& tenants, base::Duration time,
         base::Instant start = kStart) {
  for (base::Duration at{}; at < time; at += milliseconds{1}) {
    for (Tenant& tenant : tenants) {
      if (at < tenant.begins) continue;
      for (int i = 0; i < tenant.asks_per_ms; ++i) {
        const auto wait = shares.take(tenant.hash, tenant.weight, kTotal, start + at);
        if (wait == base::Duration{}) ++tenant.granted;
      }
    }
  }
}

constexpr std::uint64_t kSlack = 2 * 100 + 4;  // Two bursts, and one for each tenant.

TEST(FairShares, WhoIsAloneHasEverything) {
  FairShares shares;
  std::vector<Tenant> tenants{{.hash = 1, .weight = 1, .asks_per_ms = 10}};
  run(shares, tenants, seconds{10});
  EXPECT_GE(tenants[0].granted, 10'000U);
  EXPECT_LE(tenants[0].granted, 10'000U + kSlack);
}

TEST(FairShares, AFloodTakesNothingOfAnothersShare) {
  FairShares shares;
  std::vector<Tenant> tenants{{.hash = 1, .weight = 1, .asks_per_ms = 10},
                              {.hash = 2, .weight = 1, .asks_per_ms = 1, .begins = seconds{1}}};
  run(shares, tenants, seconds{11});
  // The second asks for 1000 a second in the last 10 seconds; its share is 500.
  EXPECT_GE(tenants[1].granted, 5'000U * 95 / 100);
  EXPECT_LE(tenants[1].granted, 5'000U * 110 / 100);
  EXPECT_LE(tenants[0].granted + tenants[1].granted, 11'000U + kSlack);
  EXPECT_GE(tenants[0].granted + tenants[1].granted, 11'000U * 95 / 100);
}

TEST(FairShares, WhatOneLeavesUnusedAnotherMayHave) {
  FairShares shares;
  std::vector<Tenant> tenants{{.hash = 1, .weight = 1, .asks_per_ms = 10},
                              {.hash = 2, .weight = 1, .asks_per_ms = 0}};
  std::uint64_t slow = 0;
  for (int round = 0; round < 1000; ++round) {  // A hundred a second.
    const base::Instant now = kStart + round * milliseconds{10};
    run(shares, tenants, milliseconds{10}, now);
    if (shares.take(2, 1, kTotal, now + milliseconds{9}) == base::Duration{}) ++slow;
  }
  EXPECT_EQ(slow, 1000U) << "it is below its share and never refused";
  EXPECT_GE(tenants[0].granted, 9'000U * 95 / 100);
  EXPECT_LE(tenants[0].granted + slow, 10'000U + kSlack);
}

TEST(FairShares, WeightsAreKept) {
  FairShares shares;
  std::vector<Tenant> tenants{{.hash = 1, .weight = 1, .asks_per_ms = 5},
                              {.hash = 2, .weight = 3, .asks_per_ms = 5},
                              {.hash = 3, .weight = 0.5, .asks_per_ms = 5}};
  run(shares, tenants, seconds{20});
  const double unit = 20'000 / 4.5;
  EXPECT_NEAR(static_cast<double>(tenants[0].granted), unit, unit / 10);
  EXPECT_NEAR(static_cast<double>(tenants[1].granted), 3 * unit, 3 * unit / 10);
  EXPECT_NEAR(static_cast<double>(tenants[2].granted), unit / 2, unit / 20);
}

TEST(FairShares, WhoFellSilentDoesNotCountForLong) {
  FairShares shares;
  std::vector<Tenant> both{{.hash = 1, .weight = 1, .asks_per_ms = 5},
                           {.hash = 2, .weight = 1, .asks_per_ms = 5}};
  run(shares, both, seconds{5});
  std::vector<Tenant> one{{.hash = 1, .weight = 1, .asks_per_ms = 5}};
  run(shares, one, seconds{5}, kStart + seconds{5});
  EXPECT_GE(one[0].granted, 5'000U * 95 / 100);
}

TEST(FairShares, ARefusalSaysWhenTheShareHasRoom) {
  FairShares shares;
  std::vector<Tenant> tenants{{.hash = 1, .weight = 1, .asks_per_ms = 10},
                              {.hash = 2, .weight = 1, .asks_per_ms = 10}};
  run(shares, tenants, seconds{3});
  const base::Instant now = kStart + seconds{3};
  base::Duration wait{};
  while (wait == base::Duration{}) wait = shares.take(2, 1, kTotal, now);
  EXPECT_LE(wait, milliseconds{2});
  EXPECT_EQ(shares.take(2, 1, kTotal, now + wait), base::Duration{});
}

TEST(FairShares, NoTotalIsNoLimit) {
  FairShares shares;
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(shares.take(1, 1, Rate{}, kStart), base::Duration{});
  }
}

TEST(FairShares, FourThreadsTogetherKeepTheTotal) {
  FairShares shares;
  std::atomic<std::int64_t> clock{0};
  std::atomic<std::uint64_t> granted{0};
  std::vector<std::thread> threads;
  for (std::uint64_t tenant = 1; tenant <= 4; ++tenant) {
    threads.emplace_back([&, tenant] {
      while (true) {
        const base::Duration at = std::chrono::microseconds{50} * clock.fetch_add(1);
        if (at >= seconds{4}) break;
        if (shares.take(tenant, 1, kTotal, kStart + at) == base::Duration{}) ++granted;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_LE(granted.load(), 4'000U + kSlack);
  EXPECT_GE(granted.load(), 4'000U * 90 / 100);
}

}  // namespace
}  // namespace app
