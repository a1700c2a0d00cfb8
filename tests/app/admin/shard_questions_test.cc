#include "app/admin/shard_questions.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <thread>

namespace app {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

TEST(AwaitUntil, AnAnswerIsTaken) {
  std::promise<int> promise;
  std::future<int> future = promise.get_future();
  std::thread shard([&] { promise.set_value(7); });
  EXPECT_EQ(await_until(future, steady_clock::now() + seconds{10}), 7);
  shard.join();
}

TEST(AwaitUntil, AnAnswerThatIsLateIsNone) {
  std::promise<int> promise;
  std::future<int> future = promise.get_future();
  EXPECT_EQ(await_until(future, steady_clock::now()), std::nullopt);
}

TEST(AwaitUntil, ADroppedQuestionIsGivenUpAtOnce) {
  auto promise = std::make_unique<std::promise<int>>();
  std::future<int> future = promise->get_future();
  std::thread shard([&] { promise.reset(); });
  const auto start = steady_clock::now();
  EXPECT_EQ(await_until(future, start + seconds{60}), std::nullopt);
  EXPECT_LT(steady_clock::now() - start, seconds{30});
  shard.join();
}

}  // namespace
}  // namespace app
