#include "engine/session/connection_gate.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace engine {
namespace {

TEST(ConnectionGate, LetsInAsManyAsItsLimit) {
  ConnectionGate gate(2);
  EXPECT_TRUE(gate.enter());
  EXPECT_TRUE(gate.enter());
  EXPECT_FALSE(gate.enter());
  EXPECT_EQ(gate.inside(), 2U) << "who is refused is not inside";
  gate.leave();
  EXPECT_TRUE(gate.enter());
  EXPECT_TRUE(gate.enter_always());
  EXPECT_EQ(gate.inside(), 3U);
  EXPECT_FALSE(gate.enter());
}

TEST(ConnectionGate, CountsRightWhoeverComesAtOnce) {
  constexpr int kThreads = 3;
  constexpr int kRounds = 20'000;
  ConnectionGate gate(kThreads - 1);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&gate] {
      for (int round = 0; round < kRounds; ++round) {
        if (gate.enter()) gate.leave();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(gate.inside(), 0U);
}

}  // namespace
}  // namespace engine
