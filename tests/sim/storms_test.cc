// Crowds that connect at once: who is let in, who is told to come back, and who must not notice.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "tests/sim/hand_test.h"

namespace sim {
namespace {

constexpr std::string_view kUnavailable = "HTTP/1.1 503 Service Unavailable";

class Storms : public HandTest {
 protected:
  std::size_t begin(bool asks = true) {
    const std::size_t peer = clients_.connect(group_->bound()[0]);
    peers_ = peer + 1;
    if (asks) clients_.send(peer, request_text());
    return peer;
  }
  std::size_t with_status(std::string_view line) {
    std::size_t count = 0;
    for (std::size_t peer = 0; peer < peers_; ++peer) {
      count += clients_.status_line(peer) == line ? 1U : 0U;
    }
    return count;
  }
  std::string retry_after(std::size_t peer) {
    const std::string& text = clients_.received(peer);
    const std::size_t at = text.find("Retry-After: ");
    return at == std::string::npos ? "" : text.substr(at + 13, text.find('\r', at) - at - 13);
  }
};

TEST_F(Storms, OverTheBudgetConnectionsAreRefusedAndToldWhenToComeBack) {
  start({.handshakes_per_second = 40});  // Bursts of eleven.
  for (int i = 0; i < 200; ++i) begin();
  ASSERT_TRUE(until([&] { return with_status(kSwitching) + with_status(kUnavailable) == 200; }));
  EXPECT_GE(with_status(kSwitching), 11U);
  EXPECT_LE(with_status(kSwitching), 20U);
  std::set<std::string> waits;
  for (std::size_t peer = 0; peer < peers_; ++peer) {
    if (clients_.status_line(peer) != kUnavailable) continue;
    EXPECT_TRUE(until([&] { return clients_.ended(peer); }));
    EXPECT_EQ(clients_.end_result(peer), 0) << "closed, not reset";
    waits.insert(retry_after(peer));
  }
  EXPECT_GT(waits.size(), 4U);
  EXPECT_EQ(closed_for(engine::CloseReason::too_many_handshakes), with_status(kUnavailable));
  EXPECT_EQ(shard().turned_away.size(), with_status(kUnavailable));
  for (const auto& one : shard().turned_away) {
    EXPECT_EQ(one.why, engine::CloseReason::too_many_handshakes);
    EXPECT_EQ(one.peer.text(), "127.0.0.1");
  }
  EXPECT_EQ(gate_->inside(), with_status(kSwitching));
  pass(seconds{1});
  const std::size_t later = begin();
  ASSERT_TRUE(until([&] { return clients_.status_line(later) == kSwitching; }));
}

// Retry-After books places at the budget's pace, so who obeys is neither refused for ever nor told
// to stay away for longer than the budget needs. It has whole seconds only, so those of one second
// must not all come at its beginning, which is more than the budget's burst.
TEST_F(Storms, ACrowdThatObeysIsInAboutWhenTheBudgetAllows) {
  constexpr std::uint32_t kPerSecond = 40;
  constexpr std::size_t kCrowd = 300;
  start({.handshakes_per_second = kPerSecond});
  for (std::size_t i = 0; i < kCrowd; ++i) begin();
  const base::Instant begun = world_.now();
  std::vector<base::Instant> back_at;  // By peer; of those who were refused.
  std::size_t refused = 0;
  const auto come_back_when_told = [&] {
    const std::size_t peers = peers_;
    back_at.resize(peers, base::kForever);
    for (std::size_t peer = 0; peer < peers; ++peer) {
      if (back_at[peer] == base::kForever && clients_.status_line(peer) == kUnavailable) {
        const milliseconds within{peer * 618 % 1000};
        back_at[peer] = world_.now() + seconds{std::stol(retry_after(peer))} + within;
        clients_.remind_at(back_at[peer]);
        ++refused;
      }
    }
    for (std::size_t peer = 0; peer < peers; ++peer) {
      if (back_at[peer] > world_.now()) continue;
      back_at[peer] = base::kForever - seconds{1};  // Came back, as another peer.
      begin();
    }
    return with_status(kSwitching) == kCrowd;
  };
  EXPECT_TRUE(until(come_back_when_told, seconds{30}));
  EXPECT_LE(world_.now() - begun, seconds{kCrowd / kPerSecond + 4});
  EXPECT_LT(refused, 2 * kCrowd);
}

// Those who never say a word hold a descriptor for a moment only, and no more than so many at once;
// the rest of the crowd waits outside until it is its turn.
TEST_F(Storms, ManyThatSayNothingAreGoneSoonAndNotAllInAtOnce) {
  start({.handshakes_per_second = 40});
  constexpr std::size_t kCrowd = 1500;
  for (std::size_t i = 0; i < kCrowd; ++i) begin(false);
  std::uint64_t most = 0;
  ASSERT_TRUE(until(
      [&] {
        most = std::max(most, open_connections());
        return closed_for(engine::CloseReason::too_many_handshakes) + 200 > kCrowd;
      },
      seconds{20}));
  EXPECT_LE(most, base::kEarlyRefusalsMost + 2 * base::kAcceptsPerTurn + 50U);
  EXPECT_GT(counters().accepts_rested.value(), 0U);
}

TEST_F(Storms, WithoutABudgetEverybodyIsLetIn) {
  start();
  for (int i = 0; i < 500; ++i) begin();
  EXPECT_TRUE(until([&] { return with_status(kSwitching) == 500; }));
}

}  // namespace
}  // namespace sim
