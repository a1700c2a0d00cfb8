#include "loadgen/process_probe.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <vector>

namespace loadgen {
namespace {

using namespace std::chrono_literals;

// Work that no compiler can leave out.
void be_busy_for(base::Duration time) {
  volatile std::uint64_t sink = 0;
  const auto until = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < until) sink = sink + 1;
}

TEST(ProcessProbe, SeesTheTimeThatAProcessWorks) {
  const ProcessProbe probe = ProcessProbe::self();
  const CpuTime before = probe.cpu();
  be_busy_for(200ms);
  const CpuTime used = probe.cpu() - before;
  EXPECT_GT(used.total, 20ms);  // The machine may be busy with other things.
  EXPECT_LT(used.total, 1s);
  EXPECT_GE(used.user(), 0ms);
  EXPECT_GE(used.system(), 0ms);
  EXPECT_EQ(used.user() + used.system(), used.total);
}

TEST(ProcessProbe, SplitsTheTimeAsTheTicksAreSplit) {
  const CpuTime time{.total = 100ms, .user_ticks = 1, .system_ticks = 3};
  EXPECT_EQ(time.user(), 25ms);
  EXPECT_EQ(time.system(), 75ms);
  EXPECT_EQ(CpuTime{}.user(), 0ms);
}

TEST(ProcessProbe, SeesTheMemoryThatAProcessTakes) {
  constexpr std::size_t kBytes = std::size_t{32} << 20;
  const ProcessProbe probe = ProcessProbe::self();
  const MemoryUse before = probe.memory();
  ASSERT_GT(before.resident, 0);
  const std::vector<char> taken(kBytes, 'x');
  const MemoryUse after = probe.memory();
  EXPECT_GE(after.resident, before.resident + kBytes / 2);
  EXPECT_GE(after.resident_anonymous, before.resident_anonymous + kBytes / 2);
  EXPECT_GE(after.resident_peak, after.resident);
  EXPECT_EQ(taken.back(), 'x');
}

TEST(ProcessProbe, KnowsTheProcessByName) {
  const auto probe = ProcessProbe::open(getpid());
  ASSERT_TRUE(probe.ok());
  EXPECT_EQ(probe.value().pid(), getpid());
  EXPECT_EQ(probe.value().name().substr(0, 7), "loadgen");
}

TEST(ProcessProbe, SaysThatThereIsNoSuchProcess) {
  const auto probe = ProcessProbe::open(0x7FFFFFFF);
  ASSERT_FALSE(probe.ok());
  EXPECT_NE(probe.error().message.find("2147483647"), std::string::npos);
}

}  // namespace
}  // namespace loadgen
