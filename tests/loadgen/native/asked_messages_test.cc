#include "loadgen/native/asked_messages.h"

#include <gtest/gtest.h>

namespace loadgen {
namespace {

using Verdict = AskedMessages::Verdict;

constexpr AskedMessages::Audience kAudience{.members = 4, .readers = 2};

Acknowledgement sent(std::uint64_t request) {
  return {.request = request, .id = "m1", .number = request + 100, .matched = 4, .queued = 4};
}

ReceiptTotals totals(std::uint64_t delivered, std::uint64_t read) {
  return {.id = "m1", .room = "r0", .number = 100, .delivered = delivered, .read = read};
}

TEST(AskedMessages, AnAcknowledgementSettlesWhatAskedForNoMore) {
  AskedMessages asked;
  asked.ask(0, false);
  asked.ask(3, false);
  EXPECT_EQ(asked.on_sent(sent(3), kAudience), Verdict::settled);
  EXPECT_EQ(asked.on_sent(sent(3), kAudience), Verdict::wrong);  // Told twice.
  EXPECT_EQ(asked.on_sent(sent(0), kAudience), Verdict::settled);
  EXPECT_EQ(asked.open(), 0);
}

TEST(AskedMessages, EachFigureOfAnAcknowledgementIsJudged) {
  using Field = std::uint64_t Acknowledgement::*;
  for (const Field field : {&Acknowledgement::matched, &Acknowledgement::queued,
                            &Acknowledgement::conflated, &Acknowledgement::dropped}) {
    AskedMessages asked;
    asked.ask(0, false);
    Acknowledgement wrong = sent(0);
    ++(wrong.*field);
    EXPECT_EQ(asked.on_sent(wrong, kAudience), Verdict::wrong);
    EXPECT_EQ(asked.open(), 0);  // Counted once, and not again in the end.
  }
}

TEST(AskedMessages, ReceiptsSettleWhenAllHaveGotItAndAllReadersReadIt) {
  AskedMessages asked;
  asked.ask(0, true);
  EXPECT_EQ(asked.on_receipts(totals(1, 0), kAudience), Verdict::wrong);  // It has no number yet.
  EXPECT_EQ(asked.on_sent(sent(0), kAudience), Verdict::noted);
  EXPECT_EQ(asked.on_receipts(totals(1, 0), kAudience), Verdict::noted);
  EXPECT_EQ(asked.on_receipts(totals(4, 1), kAudience), Verdict::noted);
  EXPECT_EQ(asked.open(), 1);
  EXPECT_EQ(asked.on_receipts(totals(4, 2), kAudience), Verdict::settled);
  EXPECT_EQ(asked.on_receipts(totals(4, 2), kAudience),
            Verdict::wrong);  // Nobody is left to say so.
  EXPECT_EQ(asked.open(), 0);
}

TEST(AskedMessages, TotalsOnlyGrowAndNotAboveTheAudience) {
  for (const ReceiptTotals& wrong : {totals(2, 1), totals(1, 1), totals(5, 1), totals(4, 3)}) {
    AskedMessages asked;
    asked.ask(0, true);
    EXPECT_EQ(asked.on_sent(sent(0), kAudience), Verdict::noted);
    EXPECT_EQ(asked.on_receipts(totals(2, 1), kAudience), Verdict::noted);
    EXPECT_EQ(asked.on_receipts(wrong, kAudience), Verdict::wrong);
  }
}

TEST(AskedMessages, TotalsOfAnotherMessageAreWrong) {
  AskedMessages asked;
  asked.ask(0, true);
  EXPECT_EQ(asked.on_sent(sent(0), kAudience), Verdict::noted);
  ReceiptTotals other = totals(1, 0);
  other.id = "m2";
  EXPECT_EQ(asked.on_receipts(other, kAudience), Verdict::wrong);
  other = totals(1, 0);
  other.number = 99;
  EXPECT_EQ(asked.on_receipts(other, kAudience), Verdict::wrong);
}

TEST(AskedMessages, TheNumberOfAnAnswerIsTheOneThatWasDelivered) {
  AskedMessages asked;
  asked.ask(0, false);
  asked.ask(1, false);
  EXPECT_EQ(asked.on_sent(sent(0), kAudience), Verdict::settled);
  EXPECT_FALSE(asked.numbers_agree());
  asked.on_delivered(0, 100);
  EXPECT_TRUE(asked.numbers_agree());
  asked.on_delivered(1, 102);
  EXPECT_EQ(asked.on_sent(sent(1), kAudience), Verdict::settled);
  EXPECT_FALSE(asked.numbers_agree());  // 101 was said.
}

}  // namespace
}  // namespace loadgen
