// A shard allocates nothing per message once it is warm: echo and rooms, on one shard and across
// two. Counted at malloc itself, in the gateway's own code over the real kernel.
#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/config/options.h"
#include "app/gateway_shard.h"
#include "app/telemetry/pages.h"
#include "engine/shard/shard_group.h"
#include "tests/support/tcp_client.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MILLRACE_COUNTS_ALLOCATIONS 0  // The sanitizer's own allocator stands where ours would.
#else
#define MILLRACE_COUNTS_ALLOCATIONS 1
#endif

#if MILLRACE_COUNTS_ALLOCATIONS

namespace {

std::atomic<std::uint64_t> allocations{0};
thread_local bool is_test_thread = false;

void count() noexcept {
  if (!is_test_thread) allocations.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

extern "C" {

void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) {
  count();
  return __libc_malloc(size);
}
void* calloc(std::size_t number, std::size_t size) {
  count();
  return __libc_calloc(number, size);
}
void* realloc(void* memory, std::size_t size) {
  count();
  return __libc_realloc(memory, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  count();
  return __libc_memalign(alignment, size);
}

}  // extern "C"

namespace app {
namespace {

using tests::TcpClient;

constexpr std::uint8_t kBinary = 0x82;
constexpr int kWarmUpRounds = 300;
constexpr int kRounds = 500;
constexpr int kBatches = 5;
constexpr std::size_t kMembers = 8;

class AllocationTest : public testing::TestWithParam<std::uint32_t> {
 protected:
  void SetUp() override {
    is_test_thread = true;
    options_.listen = {engine::Address::parse("127.0.0.1:0").value()};
    options_.shards = GetParam();
    options_.raw = true;
    pages_ = std::make_unique<Pages>(true);
    services_ = std::make_unique<SharedServices>(options_, 1);
    factory_ =
        std::make_unique<GatewayShardFactory>(make_policy(options_).take(), *services_, *pages_);
    engine::ShardGroupOptions group;
    group.shards = options_.shards;
    group.listen = options_.listen;
    group.driver.descriptors = 1024;
    auto opened = engine::ShardGroup::open(group, *factory_);
    ASSERT_TRUE(opened.ok()) << opened.error().message;
    group_ = opened.take();
    ASSERT_TRUE(group_->start().ok());
  }

  std::uint16_t port() const { return group_->bound()[0].port(); }

  // Every client sends one message and takes what comes of it.
  void round(std::vector<TcpClient>& clients, std::size_t answers) {
    std::uint8_t first_byte = 0;
    for (TcpClient& client : clients) client.send_frame(kBinary, "sixteen bytes ok");
    for (TcpClient& client : clients) {
      for (std::size_t i = 0; i < answers; ++i) {
        ASSERT_TRUE(client.read_frame(first_byte, payload_));
        ASSERT_EQ(first_byte, kBinary);
        ASSERT_EQ(payload_, "sixteen bytes ok");
      }
    }
  }

  void expect_no_allocation(const std::string& target, std::size_t answers) {
    std::vector<TcpClient> clients;
    for (std::size_t i = 0; i < kMembers; ++i) {
      clients.emplace_back(port());
      ASSERT_EQ(clients.back().upgrade(target), "HTTP/1.1 101 Switching Protocols");
    }
    for (int i = 0; i < kWarmUpRounds; ++i) round(clients, answers);
    // A pool may still grow to a peak that the warm-up did not see; an allocation per message would
    // show in every batch.
    std::uint64_t allocated = 1;
    for (int batch = 0; batch < kBatches && allocated > 0; ++batch) {
      const std::uint64_t before = allocations.load();
      for (int i = 0; i < kRounds; ++i) round(clients, answers);
      allocated = allocations.load() - before;
    }
    EXPECT_EQ(allocated, 0U) << "over " << kRounds * kMembers << " messages to " << target;
  }

  Options options_;
  std::unique_ptr<Pages> pages_;
  std::unique_ptr<SharedServices> services_;
  std::unique_ptr<GatewayShardFactory> factory_;
  std::unique_ptr<engine::ShardGroup> group_;
  std::string payload_;
};

TEST_P(AllocationTest, TheCounterCounts) {
  const std::uint64_t before = allocations.load();
  TcpClient client(port());
  ASSERT_EQ(client.upgrade("/echo"), "HTTP/1.1 101 Switching Protocols");
  EXPECT_GT(allocations.load(), before) << "a handshake allocates, so this must have counted";
}

TEST_P(AllocationTest, AnEchoAllocatesNothing) { expect_no_allocation("/echo", 1); }

TEST_P(AllocationTest, ADeliveryAllocatesNothing) {
  expect_no_allocation("/room?room=warm", kMembers);
}

TEST_P(AllocationTest, NeitherDoesOneThatLeavesTheSenderOut) {
  expect_no_allocation("/room?room=warm&echo=off", kMembers - 1);
}

INSTANTIATE_TEST_SUITE_P(Shards, AllocationTest, testing::Values(1, 2));

}  // namespace
}  // namespace app

#endif  // MILLRACE_COUNTS_ALLOCATIONS
