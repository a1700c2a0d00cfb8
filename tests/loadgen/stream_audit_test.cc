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
  EXPECT_EQ(audit.received(), 1000);
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

}  // namespace
}  // namespace loadgen
