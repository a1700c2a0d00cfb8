#include "base/log_thread.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>
#include <vector>

#include "base/log.h"

namespace base {
namespace {

std::size_t count(const std::string& text, std::string_view word) {
  std::size_t found = 0;
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    ++found;
  }
  return found;
}

TEST(LogThread, WritesAllThatWaitsBeforeItEnds) {
  testing::internal::CaptureStderr();
  {
    const LogThread thread;
    for (int i = 0; i < 500; ++i) log_info("line {}", i);
  }
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_EQ(count(said, "\n"), 500U);
  EXPECT_LT(said.find("line 0\n"), said.find("line 499\n"));
}

TEST(LogThread, AfterItsEndLinesAreWrittenAtOnceAgain) {
  testing::internal::CaptureStderr();
  {
    const LogThread thread;
  }
  {
    const LogThread another;
  }
  log_info("after");
  EXPECT_EQ(count(testing::internal::GetCapturedStderr(), "after"), 1U);
}

TEST(LogThread, TakesLinesOfManyThreads) {
  testing::internal::CaptureStderr();
  {
    const LogThread thread;
    std::vector<std::jthread> threads;
    for (int who = 0; who < 4; ++who) {
      threads.emplace_back([who] {
        for (int i = 0; i < 100; ++i) log_info("from {}", who);
      });
    }
  }
  EXPECT_EQ(count(testing::internal::GetCapturedStderr(), "from "), 400U);
}

// Stderr is a pipe that nobody reads until all has been logged.
TEST(LogThread, WhoLogsDoesNotWaitForAReaderAndWhatIsLostIsTold) {
  constexpr int kLogged = 20'000;
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
  const int before = dup(STDERR_FILENO);
  ASSERT_EQ(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
  std::string said;
  {
    std::jthread reader;
    {
      const LogThread thread;
      for (int i = 0; i < kLogged; ++i) log_info("line {}", i);
      reader = std::jthread([&] {
        std::array<char, 4096> part{};
        ssize_t size = 0;
        while ((size = read(ends[0], part.data(), part.size())) > 0) {
          said.append(part.data(), static_cast<std::size_t>(size));
        }
      });
    }
    dup2(before, STDERR_FILENO);
    close(ends[1]);  // The last of the writers: the reader ends.
  }
  close(before);
  close(ends[0]);
  const std::size_t written = count(said, "info line ");
  EXPECT_GE(written, LogThread::kLines);
  EXPECT_LT(written, static_cast<std::size_t>(kLogged));
  const std::string lost = std::to_string(static_cast<std::size_t>(kLogged) - written);
  EXPECT_NE(said.find("not read fast enough: " + lost + " lines"), std::string::npos)
      << said.substr(said.size() - 300);
}

// A process whose log nobody reads ends all the same.
TEST(LogThread, TheEndDoesNotWaitForAReaderThatNeverComes) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
  const int before = dup(STDERR_FILENO);
  ASSERT_EQ(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
  {
    const LogThread thread;
    for (int i = 0; i < 20'000; ++i) log_info("line {}", i);
  }
  dup2(before, STDERR_FILENO);
  close(before);
  close(ends[1]);
  // So that the thread that was left alone comes to its end, too.
  std::array<char, 4096> part{};
  while (read(ends[0], part.data(), part.size()) > 0) {
  }
  close(ends[0]);
}

}  // namespace
}  // namespace base
