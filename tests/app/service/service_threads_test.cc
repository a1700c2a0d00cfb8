#include "app/service/service_threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace app {
namespace {

TEST(ServiceThreads, RefuseWhatIsMoreThanMayWait) {
  std::latch inside(2);
  std::latch go_on(1);
  std::atomic<int> done{0};
  ServiceThreads threads("test", 2, 3);
  const auto task = [&] {
    inside.count_down();
    go_on.wait();
    ++done;
  };
  EXPECT_TRUE(threads.run(task));
  EXPECT_TRUE(threads.run(task));
  inside.wait();
  EXPECT_EQ(threads.waiting(), 0U);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(threads.run([&] { ++done; }));
  EXPECT_EQ(threads.waiting(), 3U);
  EXPECT_FALSE(threads.run([&] { ++done; }));
  go_on.count_down();
  threads.stop();
  EXPECT_EQ(done, 5);
  EXPECT_FALSE(threads.run([&] { ++done; }));
}

TEST(ServiceThreads, RunInTheOrderInWhichTheyCame) {
  std::atomic<int> next{0};
  std::atomic<bool> in_order{true};
  ServiceThreads threads("test", 1, 100);
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(threads.run([&, i] {
      if (next.fetch_add(1) != i) in_order = false;
    }));
  }
  threads.stop();
  EXPECT_EQ(next, 100);
  EXPECT_TRUE(in_order);
}

}  // namespace
}  // namespace app
