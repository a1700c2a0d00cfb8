#include "loadgen/host_limits.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace loadgen {
namespace {

using testing::HasSubstr;

LoadOptions options(std::uint32_t connections, std::uint32_t shards, std::uint32_t spread) {
  LoadOptions options;
  options.connections = connections;
  options.shards = shards;
  options.target = Target::parse("ws://127.0.0.1:80/", "/", spread).take();
  return options;
}

constexpr HostLimits kLimits{.local_ports = 28'000};

TEST(HostLimits, LetPassWhatFits) {
  EXPECT_TRUE(kLimits.check(options(10'000, 1, 1)).ok());
  EXPECT_TRUE(kLimits.check(options(28'000, 2, 1)).ok());
  EXPECT_TRUE(kLimits.check(options(1'000'000, 1, 36)).ok());
}

TEST(HostLimits, AskForTheAddressesThatWouldDo) {
  const auto status = kLimits.check(options(100'000, 10, 2));
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error().message, HasSubstr("--spread 4"));
  EXPECT_TRUE(kLimits.check(options(100'000, 10, 4)).ok());
}

TEST(HostLimits, LookAtThisHost) {
  const HostLimits limits = HostLimits::look();
  EXPECT_GT(limits.local_ports, 0);
}

}  // namespace
}  // namespace loadgen
