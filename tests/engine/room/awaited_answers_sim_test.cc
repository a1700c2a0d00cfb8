#include "engine/room/awaited_answers.h"

#include <gtest/gtest.h>

namespace engine {
namespace {

constexpr SessionId kPublisher{.slot = 3, .generation = 1};

TEST(AwaitedAnswers, AddUpPartsAndNumberInAnyOrder) {
  for (const bool number_first : {true, false}) {
    AwaitedAnswers answers;
    const base::Handle awaited = answers.expect(kPublisher, 9);
    ASSERT_TRUE(awaited);
    if (number_first) answers.number_is(awaited, 41, 2);
    answers.add_part(awaited, {.queued = 5, .conflated = 1, .dropped = 0}, false);
    EXPECT_TRUE(answers.done().empty());
    answers.add_part(awaited, {.queued = 2, .conflated = 0, .dropped = 4}, true);
    if (!number_first) answers.number_is(awaited, 41, 2);
    ASSERT_EQ(answers.done().size(), 1U);
    const AwaitedAnswers::Done& done = answers.done().front();
    EXPECT_EQ(done.session, kPublisher);
    EXPECT_EQ(done.ticket, 9U);
    EXPECT_EQ(done.answer.number, 41U);
    EXPECT_EQ(done.answer.members.matched(), 12U);
    EXPECT_EQ(done.answer.members.queued, 7U);
    EXPECT_EQ(done.answer.members.conflated, 1U);
    EXPECT_EQ(done.answer.members.dropped, 4U);
    EXPECT_EQ(done.answer.remote, 6U);
    EXPECT_TRUE(done.answer.known);
  }
}

TEST(AwaitedAnswers, ARoomThatHasEndedMatchesNobody) {
  AwaitedAnswers answers;
  answers.number_is(answers.expect(kPublisher, 1), 0, 0);
  ASSERT_EQ(answers.done().size(), 1U);
  EXPECT_EQ(answers.done().front().answer.number, 0U);
  EXPECT_EQ(answers.done().front().answer.members.matched(), 0U);
}

TEST(AwaitedAnswers, BeyondTheBoundAnAnswerComesAtOnceAndKnowsNothing) {
  AwaitedAnswers answers;
  base::Handle first = answers.expect(kPublisher, 1);
  for (std::uint32_t i = 1; i < base::kAnswersAwaitedMost; ++i) {
    ASSERT_TRUE(answers.expect(kPublisher, 1));
  }
  EXPECT_FALSE(answers.expect(kPublisher, 77));
  ASSERT_EQ(answers.done().size(), 1U);
  EXPECT_EQ(answers.done().front().ticket, 77U);
  EXPECT_FALSE(answers.done().front().answer.known);
  answers.number_is(first, 1, 0);
  EXPECT_TRUE(answers.expect(kPublisher, 78));
}

}  // namespace
}  // namespace engine
