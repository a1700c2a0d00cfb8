#include "engine/io/outcome.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <set>
#include <utility>

namespace engine {
namespace {

TEST(Outcome, WhatIsNotNegativeIsSuccess) {
  for (const std::int32_t result : {0, 1, 4096, INT32_MAX}) {
    EXPECT_EQ(outcome_of(result), Outcome::success);
  }
}

TEST(Outcome, EveryErrnoThatAnOperationCanMeetIsNamed) {
  const std::pair<int, Outcome> expected[] = {
      {ECONNRESET, Outcome::connection_reset},
      {EPIPE, Outcome::connection_reset},
      {ENOTCONN, Outcome::connection_reset},
      {ESHUTDOWN, Outcome::connection_reset},
      {ECONNREFUSED, Outcome::connection_refused},
      {ETIMEDOUT, Outcome::timed_out},
      {EHOSTUNREACH, Outcome::unreachable},
      {ENETUNREACH, Outcome::unreachable},
      {EHOSTDOWN, Outcome::unreachable},
      {ENETDOWN, Outcome::unreachable},
      {ENOBUFS, Outcome::no_buffers},
      {ENFILE, Outcome::descriptors_full},
      {EMFILE, Outcome::descriptors_full},
      {EADDRNOTAVAIL, Outcome::addresses_exhausted},
      {EADDRINUSE, Outcome::addresses_exhausted},
      {ENOMEM, Outcome::out_of_memory},
      {ECANCELED, Outcome::canceled},
      {ENOENT, Outcome::not_found},
      {EALREADY, Outcome::not_found},
      {ECONNABORTED, Outcome::aborted_in_backlog},
      {EINTR, Outcome::interrupted},
      {EAGAIN, Outcome::interrupted},
  };
  for (const auto& [error, outcome] : expected) EXPECT_EQ(outcome_of(-error), outcome) << error;
}

TEST(Outcome, EveryOtherErrnoIsUnexpectedAndNoneIsSuccess) {
  int unexpected = 0;
  for (int error = 1; error < 4096; ++error) {
    EXPECT_NE(outcome_of(-error), Outcome::success);
    unexpected += outcome_of(-error) == Outcome::unexpected ? 1 : 0;
  }
  EXPECT_EQ(unexpected, 4095 - 22);
  EXPECT_EQ(outcome_of(-EBADF), Outcome::unexpected);
}

TEST(Outcome, EachHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (std::uint8_t i = 0; i < kOutcomeCount; ++i) {
    const std::string_view text = name(static_cast<Outcome>(i));
    EXPECT_EQ(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string_view::npos);
    names.insert(text);
  }
  EXPECT_EQ(names.size(), kOutcomeCount);
  EXPECT_FALSE(names.contains(""));
}

}  // namespace
}  // namespace engine
