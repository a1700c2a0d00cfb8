#include "base/fifo.h"

#include <gtest/gtest.h>

#include <deque>
#include <string>

#include "base/prng.h"

namespace base {
namespace {

TEST(Fifo, KeepsOrder) {
  Fifo<int> fifo;
  EXPECT_TRUE(fifo.empty());
  for (int i = 0; i < 100; ++i) fifo.push_back(i);
  EXPECT_EQ(fifo.size(), 100U);
  EXPECT_EQ(fifo.front(), 0);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(fifo.pop_front(), i);
  EXPECT_TRUE(fifo.empty());
}

TEST(Fifo, AgreesWithDequeThroughGrowthAndWrapping) {
  Fifo<std::string> fifo;
  std::deque<std::string> model;
  Prng prng(7);
  for (int i = 0; i < 20'000; ++i) {
    if (model.empty() || prng.below(100) < 52) {
      fifo.push_back(std::to_string(i));
      model.push_back(std::to_string(i));
    } else {
      ASSERT_EQ(fifo.front(), model.front());
      ASSERT_EQ(fifo.pop_front(), model.front());
      model.pop_front();
    }
    ASSERT_EQ(fifo.size(), model.size());
  }
}

}  // namespace
}  // namespace base
