#include "engine/connection/payload_pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/limits.h"

namespace engine {
namespace {

TEST(PayloadPool, APayloadHasRoomForWhatWasAskedAndOneReference) {
  PayloadPool pool;
  for (const std::uint32_t size : {1U, 100U, 232U, 233U, 1000U, 5000U, 65512U, 65513U, 1U << 20}) {
    Payload* payload = pool.allocate(size);
    EXPECT_GE(payload->room(), size);
    EXPECT_EQ(payload->used(), 0U);
    EXPECT_FALSE(payload->shared());
    std::byte* at = payload->append(size);
    EXPECT_EQ(at, payload->bytes());
    std::fill_n(at, size, std::byte{0x5A});
    EXPECT_EQ(payload->used(), size);
    pool.release(payload);
  }
  EXPECT_EQ(pool.bytes_in_use(), 0U);
}

TEST(PayloadPool, TheLastOneReleasedIsTheFirstOneReused) {
  PayloadPool pool;
  Payload* first = pool.allocate(100);
  Payload* second = pool.allocate(100);
  pool.release(first);
  pool.release(second);
  EXPECT_EQ(pool.allocate(50), second);
  EXPECT_EQ(pool.allocate(200), first);
  pool.release(first);
  pool.release(second);
}

TEST(PayloadPool, AReusedPayloadIsAsNew) {
  PayloadPool pool;
  Payload* payload = pool.allocate(10);
  payload->append(10);
  payload->retain();
  pool.release(payload);
  EXPECT_EQ(payload->used(), 10U);  // Still held.
  pool.release(payload);
  Payload* again = pool.allocate(10);
  ASSERT_EQ(again, payload);
  EXPECT_EQ(again->used(), 0U);
  EXPECT_FALSE(again->shared());
  pool.release(again);
}

TEST(PayloadPool, ItLivesUntilItsLastReferenceGoes) {
  PayloadPool pool;
  Payload* payload = pool.allocate(10);
  payload->retain();
  payload->retain();
  EXPECT_TRUE(payload->shared());
  pool.release(payload);
  pool.release(payload);
  EXPECT_FALSE(payload->shared());
  EXPECT_GT(pool.bytes_in_use(), 0U);
  pool.release(payload);
  EXPECT_EQ(pool.bytes_in_use(), 0U);
}

TEST(PayloadPool, SizesDoNotMix) {
  PayloadPool pool;
  Payload* small = pool.allocate(100);
  pool.release(small);
  Payload* large = pool.allocate(3000);
  EXPECT_NE(large, small);
  EXPECT_GE(large->room(), 3000U);
  pool.release(large);
}

TEST(PayloadPool, CountsWhatIsInUse) {
  PayloadPool pool;
  Payload* small = pool.allocate(1);
  EXPECT_EQ(pool.bytes_in_use(), 256U);
  Payload* large = pool.allocate(100'000);
  EXPECT_EQ(pool.bytes_in_use(), 256U + 100'000U + sizeof(Payload));
  pool.release(small);
  pool.release(large);
  EXPECT_EQ(pool.bytes_in_use(), 0U);
}

TEST(PayloadPool, MoreIdleBlocksThanItKeepsGoBackToTheAllocator) {
  PayloadPool pool;
  std::vector<Payload*> payloads;
  for (std::uint64_t bytes = 0; bytes < 2 * base::kPayloadIdleBytesMax; bytes += 65536) {
    payloads.push_back(pool.allocate(60'000));
  }
  for (Payload* payload : payloads) pool.release(payload);
  EXPECT_EQ(pool.bytes_in_use(), 0U);
  for (Payload*& payload : payloads) payload = pool.allocate(60'000);
  for (Payload* payload : payloads) pool.release(payload);
}

}  // namespace
}  // namespace engine
