#include "engine/room/conflation.h"

#include <gtest/gtest.h>

#include <string>

#include "base/bytes.h"

namespace engine {
namespace {

constexpr std::uint32_t kSlow = 7;
constexpr SessionId kNobody{.slot = UINT32_MAX, .generation = 0};

class ConflationTest : public testing::Test {
 protected:
  ~ConflationTest() override {
    batch_.clear(pool_);
    conflation_.reset();
    EXPECT_EQ(pool_.bytes_in_use(), 0U);
  }
  void say(std::uint64_t key, std::string_view text, SessionId withheld_from = kNobody) {
    batch_.append(pool_, protocol::Opcode::text, base::as_bytes(text));
    conflation().note(key, ++number_, batch_, withheld_from);
  }
  // Ends the batch and begins another, as Rooms does.
  void turn() {
    conflation().end_batch();
    conflation().begin_batch();
    if (conflation().anybody_lags()) evicted_ += conflation().keep_active();
  }
  std::string newer_than(std::uint64_t number) {
    std::string all;
    conflation().for_newer_than(number, [&](const Conflation::Value& value) {
      const std::span<const std::byte> frame{value.frame->bytes(), value.frame->used()};
      all += std::to_string(value.number) + ":" + std::string(base::as_text(frame.subspan(2))) +
             (value.withheld_from == kNobody ? " " : "! ");
      return true;
    });
    return all;
  }
  Conflation& conflation() { return *conflation_; }

  PayloadPool pool_;
  Batch batch_;
  std::unique_ptr<Conflation> conflation_ = std::make_unique<Conflation>(pool_, 3);
  std::uint64_t number_ = 0;
  std::uint32_t evicted_ = 0;
};

TEST_F(ConflationTest, KeepsNothingWhileNobodyLags) {
  say(1, "a");
  turn();
  say(2, "b");
  turn();
  EXPECT_FALSE(conflation().anybody_lags());
  EXPECT_EQ(newer_than(0), "");
}

TEST_F(ConflationTest, KeepsTheNewestOfEachKeySinceTheBatchInWhichSomebodyBeganToLag) {
  say(1, "before");
  turn();
  say(1, "a1");
  say(2, "b1");
  turn();
  EXPECT_EQ(conflation().start_lagging(kSlow, 1), 0U);
  say(1, "a2");
  say(3, "c1");
  turn();
  say(1, "not begun");
  EXPECT_EQ(newer_than(1), "3:b1 4:a2 5:c1 ");
  EXPECT_EQ(newer_than(3), "4:a2 5:c1 ");
  EXPECT_EQ(newer_than(5), "");
  EXPECT_EQ(conflation().last_given(kSlow), 1U);
  conflation().stop_lagging(kSlow);
  EXPECT_EQ(newer_than(0), "");
}

TEST_F(ConflationTest, WhoBeginsToLagInABatchThatWasForgottenFindsItAgain) {
  say(1, "a");
  turn();
  conflation().start_lagging(kSlow, 0);
  conflation().stop_lagging(kSlow);
  conflation().start_lagging(kSlow + 1, 0);
  EXPECT_EQ(newer_than(0), "1:a ");
}

TEST_F(ConflationTest, TheOldestKeyGivesWayWhenThereAreTooMany) {
  say(1, "a");
  turn();
  conflation().start_lagging(kSlow, 0);
  for (const std::uint64_t key : {2U, 3U}) say(key, "x");
  say(1, "a2");
  say(4, "d");
  turn();
  EXPECT_EQ(newer_than(0), "3:x 4:a2 5:d ");
  EXPECT_EQ(evicted_, 1U);
}

TEST_F(ConflationTest, RemembersFromWhomAMessageIsWithheld) {
  turn();
  conflation().start_lagging(kSlow, 0);
  say(1, "mine", {.slot = 4, .generation = 2});
  turn();
  EXPECT_EQ(newer_than(0), "1:mine! ");
}

TEST_F(ConflationTest, GivingMayStopInTheMiddle) {
  turn();
  conflation().start_lagging(kSlow, 0);
  for (const std::uint64_t key : {1U, 2U, 3U}) say(key, "x");
  turn();
  std::uint64_t last = 0;
  const auto give_two = [&](const Conflation::Value& value) {
    if (value.number > 2) return false;
    last = value.number;
    return true;
  };
  EXPECT_FALSE(conflation().for_newer_than(0, give_two));
  conflation().set_last_given(kSlow, last);
  EXPECT_EQ(newer_than(conflation().last_given(kSlow)), "3:x ");
}

}  // namespace
}  // namespace engine
