#include "loadgen/stream_audit.h"

#include <gtest/gtest.h>

#include <vector>

namespace loadgen {
namespace {

using Verdict = StreamAudit::Verdict;

std::vector<Verdict> judge(StreamAudit& audit, const std::vector<std::uint64_t>& sequences) {
  std::vector<Verdict> verdicts;
  for (const std::uint64_t sequence : sequences) verdicts.push_back(audit.accept(sequence));
  return verdicts;
}

TEST(StreamAudit, ACompleteStreamHasNoFault) {
  StreamAudit audit;
  for (std::uint64_t i = 0; i < 1000; ++i) ASSERT_EQ(audit.accept(i), Verdict::in_order);
  EXPECT_EQ(audit.missing_of(1000), 0);
}

TEST(StreamAudit, AGapIsMissingAndSoIsWhatNeverCameAtTheEnd) {
  StreamAudit audit;
  EXPECT_EQ(judge(audit, {0, 1, 4}),
            (std::vector{Verdict::in_order, Verdict::in_order, Verdict::ahead}));
  EXPECT_EQ(audit.missing_of(5), 2);
  EXPECT_EQ(audit.missing_of(8), 5);
}

TEST(StreamAudit, WhatFillsAGapIsLateAndNotMissing) {
  StreamAudit audit;
  EXPECT_EQ(judge(audit, {0, 2, 1, 3}),
            (std::vector{Verdict::in_order, Verdict::ahead, Verdict::late, Verdict::in_order}));
  EXPECT_EQ(audit.missing_of(4), 0);
}

TEST(StreamAudit, ARepetitionIsADuplicateWhereverItComes) {
  StreamAudit audit;
  EXPECT_EQ(judge(audit, {0, 0, 1, 2, 1, 5, 4, 4, 5}),
            (std::vector{Verdict::in_order, Verdict::duplicate, Verdict::in_order,
                         Verdict::in_order, Verdict::duplicate, Verdict::ahead, Verdict::late,
                         Verdict::duplicate, Verdict::duplicate}));
  EXPECT_EQ(audit.missing_of(6), 1);  // Number 3.
}

TEST(StreamAudit, TheFirstMessagesMayBeTheMissingOnes) {
  StreamAudit audit;
  EXPECT_EQ(audit.accept(3), Verdict::ahead);
  EXPECT_EQ(audit.missing_of(4), 3);
  EXPECT_EQ(audit.accept(0), Verdict::late);
  EXPECT_EQ(audit.accept(0), Verdict::duplicate);
  EXPECT_EQ(audit.missing_of(4), 2);
}

TEST(StreamAudit, TheWindowMovesOnOverEveryGap) {
  for (std::uint64_t gap = 1; gap <= 2 * StreamAudit::kRemembered; ++gap) {
    StreamAudit audit;
    ASSERT_EQ(audit.accept(0), Verdict::in_order);
    ASSERT_EQ(audit.accept(gap + 1), Verdict::ahead) << gap;
    // The newest of the missing ones is told apart from a repetition for certain.
    ASSERT_EQ(audit.accept(gap), Verdict::late) << gap;
    ASSERT_EQ(audit.accept(gap), Verdict::duplicate) << gap;
    ASSERT_EQ(audit.missing_of(gap + 2), gap - 1) << gap;
  }
}

TEST(StreamAudit, BeyondTheWindowItIsLateWhileAnyIsMissing) {
  StreamAudit audit;
  ASSERT_EQ(audit.accept(0), Verdict::in_order);
  ASSERT_EQ(audit.accept(2), Verdict::ahead);
  for (std::uint64_t i = 3; i < 200; ++i) ASSERT_EQ(audit.accept(i), Verdict::in_order);
  EXPECT_EQ(audit.accept(1), Verdict::late);
  EXPECT_EQ(audit.accept(1), Verdict::duplicate);
  EXPECT_EQ(audit.missing_of(200), 0);
}

TEST(StreamAudit, WhoJoinsLaterIsOwedWhatFollows) {
  StreamAudit audit;
  audit.start_at(10);
  EXPECT_EQ(audit.missing_of(10), 0);
  EXPECT_EQ(audit.missing_of(13), 3);
  EXPECT_EQ(judge(audit, {10, 11}), (std::vector{Verdict::in_order, Verdict::in_order}));
  EXPECT_EQ(audit.missing_of(12), 0);
  EXPECT_FALSE(audit.is_past(13));
  EXPECT_EQ(audit.accept(13), Verdict::ahead);
  EXPECT_EQ(audit.missing_of(14), 1);
  EXPECT_TRUE(audit.is_past(13));
}

TEST(StreamAudit, WhoJoinsMayHearAnEarlierOneAndIsThenOwedAllFromThere) {
  StreamAudit audit;
  audit.start_at(10);
  EXPECT_EQ(judge(audit, {8, 9, 11}),
            (std::vector{Verdict::in_order, Verdict::in_order, Verdict::ahead}));
  EXPECT_EQ(audit.missing_of(12), 1);
  EXPECT_EQ(audit.accept(10), Verdict::late);
  EXPECT_EQ(audit.missing_of(12), 0);
  EXPECT_EQ(audit.accept(8), Verdict::duplicate);
}

TEST(StreamAudit, WhoJoinsIsMissingWhatShouldHaveComeFirst) {
  StreamAudit audit;
  audit.start_at(10);
  EXPECT_EQ(audit.accept(12), Verdict::ahead);
  EXPECT_EQ(audit.missing_of(13), 2);
}

}  // namespace
}  // namespace loadgen
