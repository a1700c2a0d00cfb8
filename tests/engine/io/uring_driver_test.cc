// What UringDriver does beyond the conformance suite: what it says when the host is too small, and
// how much it takes at a time.
#include "engine/io/uring_driver.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <vector>

#include "tests/support/tcp_client.h"

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
  options.descriptors = options.descriptors_per_ring = base::kDescriptorsPerRingMost;
  if (limit.rlim_max >= options.descriptors) GTEST_SKIP() << "this host has no such limit";
  const auto driver = UringDriver::open(options);
  ASSERT_FALSE(driver.ok());
  EXPECT_NE(driver.error().message.find("ulimit -n"), std::string::npos);
  EXPECT_NE(driver.error().message.find("1048576"), std::string::npos);
}

TEST(UringDriver, MoreThanATableHoldsIsSpreadOverSeveralRings) {
  DriverOptions options = small();
  options.descriptors = 10;
  options.descriptors_per_ring = 4;
  const auto driver = UringDriver::open(options);
  ASSERT_TRUE(driver.ok()) << driver.error().message;
  EXPECT_EQ(driver.value()->rings(), 3U);
  EXPECT_EQ(UringDriver::open(small()).value()->rings(), 1U);
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

// The kernel works off what has arrived 20 pieces at a time; a turn takes all of it.
TEST(UringDriver, ATurnTakesAllThatHasCome) {
  constexpr std::uint32_t kClients = 100;
  DriverOptions options = small();
  options.descriptors = options.submissions = options.receive_buffers = 128;
  options.completions = 512;
  auto driver = UringDriver::open(options);
  ASSERT_TRUE(driver.ok());
  const auto listening = driver.value()->listen(Address::parse("127.0.0.1:0").take());
  ASSERT_TRUE(listening.ok());
  ASSERT_TRUE(driver.value()->start().ok());
  ASSERT_TRUE(driver.value()->stage(submit_accept(listening.value().listener)));

  std::vector<tests::TcpClient> clients;
  clients.reserve(kClients);
  for (std::uint32_t i = 0; i < kClients; ++i) clients.emplace_back(listening.value().bound.port());
  std::vector<Completion> completions(options.completions);
  for (std::uint32_t accepted = 0; accepted < kClients;) {
    const std::uint32_t count = driver.value()->turn(completions, base::kForever);
    for (std::uint32_t i = 0; i < count; ++i) {
      ASSERT_GE(completions[i].result, 0);
      const auto descriptor = static_cast<Descriptor>(completions[i].result);
      ASSERT_TRUE(driver.value()->stage(submit_receive(descriptor, 0)));
    }
    accepted += count;
  }
  EXPECT_EQ(driver.value()->turn(completions, base::Instant{}), 0U);

  for (tests::TcpClient& client : clients) client.send_bytes("x");
  const std::uint32_t received = driver.value()->turn(completions, base::kForever);
  EXPECT_EQ(received, kClients);
  EXPECT_TRUE(std::all_of(completions.begin(), completions.begin() + received,
                          [](const Completion& completion) { return completion.has_buffer; }));
}

}  // namespace
}  // namespace engine
