// What UringDriver does beyond the conformance suite: what it says when the host is too small.
#include "engine/io/uring_driver.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace engine {
namespace {

DriverOptions small() {
  DriverOptions options;
  options.descriptors = 8;
  options.submissions = 8;
  options.completions = 64;
  options.receive_buffers = 2;
  options.receive_buffer_bytes = 64;
  return options;
}

TEST(UringDriver, OpensAndClosesManyTimes) {
  for (int i = 0; i < 20; ++i) {
    auto driver = UringDriver::open(small());
    ASSERT_TRUE(driver.ok()) << driver.error().message;
    ASSERT_TRUE(driver.value()->start().ok());
  }
}

TEST(UringDriver, ATableBeyondTheOpenFileLimitSaysWhatToRaise) {
  rlimit limit{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  DriverOptions options = small();
  options.descriptors = base::kDescriptorsPerShardMost;
  if (limit.rlim_max >= options.descriptors) GTEST_SKIP() << "this host has no such limit";
  const auto driver = UringDriver::open(options);
  ASSERT_FALSE(driver.ok());
  EXPECT_NE(driver.error().message.find("ulimit -n"), std::string::npos);
  EXPECT_NE(driver.error().message.find("1048576"), std::string::npos);
}

TEST(UringDriver, AnAddressOfAnotherHostIsRefusedByName) {
  auto driver = UringDriver::open(small());
  ASSERT_TRUE(driver.ok());
  const auto listening = driver.value()->listen(Address::parse("192.0.2.1:80").take());
  ASSERT_FALSE(listening.ok());
  EXPECT_NE(listening.error().message.find("192.0.2.1:80"), std::string::npos);
}

TEST(UringDriver, AFullSubmissionQueueIsSubmittedAtOnce) {
  auto driver = UringDriver::open(small());
  ASSERT_TRUE(driver.ok());
  ASSERT_TRUE(driver.value()->start().ok());
  for (std::uint32_t i = 0; i < 40; ++i) {
    EXPECT_TRUE(driver.value()->stage(submit_close(i % 8, i))) << i;
  }
}

}  // namespace
}  // namespace engine
