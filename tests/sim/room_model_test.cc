#include "tests/sim/room_model.h"

#include <gtest/gtest.h>

#include <vector>

namespace sim {
namespace {

using std::chrono::seconds;

constexpr base::Instant kStart{seconds{1}};
constexpr base::Instant kLater{seconds{2}};
constexpr std::uint8_t kRoom = 0;

class RoomModelTest : public testing::Test {
 protected:
  StayNumber stay(std::uint64_t session, bool echo = true, std::uint8_t room = kRoom) {
    return model_.begin_stay(session, room, echo, kStart);
  }
  bool innocent() {
    model_.judge();
    return verdict_.innocent();
  }

  Verdict verdict_;
  RoomModel model_{verdict_};
};

TEST_F(RoomModelTest, EverybodyHearingEverythingIsInnocent) {
  const StayNumber one = stay(1);
  const StayNumber two = stay(2);
  const std::uint64_t first = model_.publish(one, kLater);
  const std::uint64_t second = model_.publish(two, kLater);
  for (const StayNumber member : {one, two}) {
    model_.hear(member, kRoom, second, kLater);
    model_.hear(member, kRoom, first, kLater);
  }
  EXPECT_TRUE(innocent());
  EXPECT_EQ(model_.heard(), 4U);
}

TEST_F(RoomModelTest, ConvictsWhatWasNeverSaid) {
  model_.hear(stay(1), kRoom, 99, kLater);
  EXPECT_FALSE(innocent());
}

TEST_F(RoomModelTest, ConvictsAnotherRoomsMessage) {
  const StayNumber here = stay(1);
  const StayNumber there = stay(2, true, 1);
  model_.hear(here, kRoom, model_.publish(there, kLater), kLater);
  EXPECT_FALSE(verdict_.innocent());
}

TEST_F(RoomModelTest, ConvictsHearingTwice) {
  const StayNumber one = stay(1);
  const std::uint64_t message = model_.publish(one, kLater);
  model_.hear(one, kRoom, message, kLater);
  model_.hear(one, kRoom, message, kLater);
  EXPECT_FALSE(verdict_.innocent());
}

TEST_F(RoomModelTest, ConvictsHearingAfterLeaving) {
  const StayNumber one = stay(1);
  const StayNumber two = stay(2);
  model_.end_stay(two);
  model_.hear(two, kRoom, model_.publish(one, kLater), kLater);
  EXPECT_FALSE(verdict_.innocent());
}

TEST_F(RoomModelTest, ConvictsAnEchoToWhoWantsNone) {
  const StayNumber one = stay(1, false);
  model_.hear(one, kRoom, model_.publish(one, kLater), kLater);
  EXPECT_FALSE(verdict_.innocent());
}

TEST_F(RoomModelTest, AnEchoIsWithheldFromALaterStayOfTheSameSession) {
  const StayNumber one = stay(1, false);
  const std::uint64_t message = model_.publish(one, kLater);
  model_.end_stay(one);
  const StayNumber again = stay(1, true);
  const StayNumber witness = stay(2);
  model_.hear(witness, kRoom, message, kLater);
  static_cast<void>(again);
  EXPECT_TRUE(innocent());
}

TEST_F(RoomModelTest, ConvictsASenderOutOfOrder) {
  const StayNumber one = stay(1);
  const std::uint64_t first = model_.publish(one, kLater);
  const std::uint64_t second = model_.publish(one, kLater);
  model_.hear(one, kRoom, second, kLater);
  model_.hear(one, kRoom, first, kLater);
  EXPECT_FALSE(verdict_.innocent());
}

TEST_F(RoomModelTest, ConvictsTwoOrdersOfOneRoom) {
  const StayNumber one = stay(1);
  const StayNumber two = stay(2);
  const std::uint64_t first = model_.publish(one, kLater);
  const std::uint64_t second = model_.publish(two, kLater);
  model_.hear(one, kRoom, first, kLater);
  model_.hear(one, kRoom, second, kLater);
  model_.hear(two, kRoom, second, kLater);
  model_.hear(two, kRoom, first, kLater);
  EXPECT_TRUE(verdict_.innocent());  // Nothing that one ear alone could tell.
  EXPECT_FALSE(innocent());
}

TEST_F(RoomModelTest, ConvictsACircleThroughThree) {
  const StayNumber senders[] = {stay(1), stay(2), stay(3)};
  std::uint64_t messages[3];
  for (int i = 0; i < 3; ++i) messages[i] = model_.publish(senders[i], kLater);
  for (int i = 0; i < 3; ++i) {
    model_.weaken_stay(senders[i]);
    model_.hear(senders[i], kRoom, messages[i], kLater);
    model_.hear(senders[i], kRoom, messages[(i + 1) % 3], kLater);
  }
  EXPECT_FALSE(innocent());
}

TEST_F(RoomModelTest, ConvictsAGapEvenForWhoHasLeft) {
  const StayNumber one = stay(1);
  const StayNumber two = stay(2);
  for (int i = 0; i < 3; ++i) {
    const std::uint64_t message = model_.publish(one, kLater);
    model_.hear(one, kRoom, message, kLater);
    if (i != 1) model_.hear(two, kRoom, message, kLater);
  }
  model_.end_stay(two);
  EXPECT_FALSE(innocent());
}

TEST_F(RoomModelTest, ConvictsAMessageThatNeverCame) {
  const StayNumber one = stay(1);
  stay(2);
  model_.hear(one, kRoom, model_.publish(one, kLater), kLater);
  EXPECT_FALSE(innocent());
}

TEST_F(RoomModelTest, WhoCameLaterOrIsLeavingIsOwedNothing) {
  const StayNumber one = stay(1);
  const StayNumber leaving = stay(2);
  model_.weaken_stay(leaving);
  model_.begin_stay(3, kRoom, true, kLater);
  model_.hear(one, kRoom, model_.publish(one, kLater), kLater);
  EXPECT_TRUE(innocent());
}

TEST_F(RoomModelTest, WhatABrokenSenderSaidMayBeLostButOnlyForAll) {
  const StayNumber broken = stay(1);
  const StayNumber two = stay(2);
  const StayNumber three = stay(3);
  const std::uint64_t lost = model_.publish(broken, kLater);
  const std::uint64_t heard = model_.publish(broken, kLater);
  model_.end_stay(broken);
  model_.doubt(broken);
  static_cast<void>(lost);
  model_.hear(two, kRoom, heard, kLater);
  model_.hear(three, kRoom, heard, kLater);
  EXPECT_TRUE(innocent());
  const StayNumber deaf = stay(4);
  static_cast<void>(deaf);
  EXPECT_FALSE(innocent());  // Somebody heard it, so everybody there had to.
}

// ---- Rooms that leave messages out ----

TEST_F(RoomModelTest, InALatestRoomOnlyTheNewestOfEachKeyIsOwed) {
  model_.set_policy(kRoom, engine::RoomPolicy::latest);
  const StayNumber one = stay(1);
  const StayNumber two = stay(2);
  std::vector<std::uint64_t> said;
  for (int i = 0; i < 9; ++i) said.push_back(model_.publish(one, kLater));
  for (const std::uint64_t message : said) model_.hear(one, kRoom, message, kLater);
  for (std::size_t i = 6; i < 9; ++i) model_.hear(two, kRoom, said[i], kLater);
  EXPECT_TRUE(innocent());
}

TEST_F(RoomModelTest, ConvictsWhoNeverHeardTheNewestOfAKey) {
  model_.set_policy(kRoom, engine::RoomPolicy::latest);
  const StayNumber one = stay(1);
  const StayNumber two = stay(2);
  std::vector<std::uint64_t> said;
  for (int i = 0; i < 4; ++i) said.push_back(model_.publish(one, kLater));
  for (const std::uint64_t message : said) model_.hear(one, kRoom, message, kLater);
  for (std::size_t i = 0; i < 3; ++i) model_.hear(two, kRoom, said[i], kLater);
  EXPECT_EQ(RoomModel::key_of(said[0]), RoomModel::key_of(said[3]));
  EXPECT_FALSE(innocent());
}

TEST_F(RoomModelTest, ConvictsTwoWhoEndWithDifferentValuesOfAKey) {
  model_.set_policy(kRoom, engine::RoomPolicy::latest);
  const StayNumber one = stay(1);
  const StayNumber two = stay(2);
  const std::uint64_t first = model_.publish(one, kLater);
  model_.publish(one, kLater);
  model_.publish(one, kLater);
  const std::uint64_t second = model_.publish(two, kLater);
  ASSERT_EQ(RoomModel::key_of(first), RoomModel::key_of(second));
  for (std::uint64_t other = first + 1; other < second; ++other) {
    for (const StayNumber member : {one, two}) model_.hear(member, kRoom, other, kLater);
  }
  model_.hear(one, kRoom, first, kLater);
  model_.hear(two, kRoom, second, kLater);
  EXPECT_FALSE(innocent());
}

TEST_F(RoomModelTest, InAnEphemeralRoomNothingIsOwedButOrder) {
  model_.set_policy(kRoom, engine::RoomPolicy::ephemeral);
  const StayNumber one = stay(1);
  const std::uint64_t first = model_.publish(one, kLater);
  const std::uint64_t second = model_.publish(one, kLater);
  model_.publish(one, kLater);
  model_.hear(one, kRoom, first, kLater);
  EXPECT_TRUE(innocent());
  model_.hear(one, kRoom, second, kLater);
  model_.hear(one, kRoom, first, kLater);
  EXPECT_FALSE(verdict_.innocent());
}

}  // namespace
}  // namespace sim
