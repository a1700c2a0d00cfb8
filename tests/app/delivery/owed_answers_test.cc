#include "app/delivery/owed_answers.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace app {
namespace {

const auto kNoClient = [](const OwedAck&) { ADD_FAILURE() << "not a client's"; };

TEST(OwedAnswers, AnAckComesBackAsItWasOwedAndOnce) {
  OwedAnswers owed;
  const std::uint64_t ticket = owed.owe(OwedAck{.client = {.index = 3, .generation = 1},
                                                .event = "sent",
                                                .request_id_raw = "\"7\"",
                                                .head = "h"});
  EXPECT_NE(ticket >> 32U, 0U) << "raw sessions have the tickets below";
  std::vector<std::string> heard;
  const auto hear = [&](const OwedAck& ack) {
    EXPECT_EQ(ack.client.index, 3U);
    heard.push_back(ack.request_id_raw + ack.head);
  };
  owed.settle(ticket, {}, hear);
  owed.settle(ticket, {}, hear);
  EXPECT_EQ(heard, std::vector<std::string>{"\"7\"h"});
  EXPECT_EQ(owed.size(), 0U);
}

TEST(OwedAnswers, AFunctionIsCalledWithTheAnswer) {
  OwedAnswers owed;
  std::uint64_t number = 0;
  const std::uint64_t ticket = owed.owe([&](const auto& answer) { number = answer.number; });
  owed.settle(ticket, {.number = 17}, kNoClient);
  EXPECT_EQ(number, 17U);
}

TEST(OwedAnswers, WhoeverIsToldMayOweAgain) {
  OwedAnswers owed;
  int told = 0;
  std::uint64_t next = 0;
  const std::uint64_t first = owed.owe([&](const auto&) {
    ++told;
    next = owed.owe([&](const auto&) { ++told; });
  });
  owed.settle(first, {}, kNoClient);
  EXPECT_EQ(told, 1);
  owed.settle(first, {}, kNoClient);
  EXPECT_EQ(told, 1) << "the place is another's now";
  owed.settle(next, {}, kNoClient);
  EXPECT_EQ(told, 2);
}

TEST(OwedAnswers, StrangeTicketsAreNobodys) {
  OwedAnswers owed;
  owed.owe([](const auto&) { ADD_FAILURE() << "settled by a stranger"; });
  for (const std::uint64_t ticket :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2} << 32U, UINT64_MAX}) {
    owed.settle(ticket, {}, kNoClient);
  }
  EXPECT_EQ(owed.size(), 1U);
}

TEST(OwedAnswers, WhenTooManyAreOwedThereIsNoTicket) {
  OwedAnswers owed;
  std::uint64_t last = 0;
  for (std::uint32_t i = 0; i < kAcksAwaitedMost; ++i) {
    EXPECT_FALSE(owed.full());
    last = owed.owe(OwedAck{});
    ASSERT_NE(last, 0U);
  }
  EXPECT_TRUE(owed.full());
  EXPECT_EQ(owed.owe(OwedAck{}), 0U);
  owed.settle(last, {}, [](const OwedAck&) {});
  EXPECT_NE(owed.owe(OwedAck{}), 0U);
}

}  // namespace
}  // namespace app
