#include "engine/shard/parcel.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <set>
#include <thread>
#include <vector>

namespace engine {
namespace {

TEST(ParcelPool, GivesExactlyTheSizeThatWasAsked) {
  ParcelPool pool;
  for (const std::uint32_t size : {0U, 1U, 256U, 257U, 65536U, 65537U, 1'000'000U}) {
    Parcel* parcel = pool.allocate(size);
    EXPECT_EQ(parcel->bytes().size(), size);
    if (size > 0) std::memset(parcel->bytes().data(), 0x5A, size);
    parcel->release();
  }
}

TEST(ParcelPool, ReusesWhatWasReleased) {
  ParcelPool pool;
  std::set<Parcel*> seen;
  for (int i = 0; i < 1000; ++i) {
    Parcel* parcel = pool.allocate(100);
    seen.insert(parcel);
    parcel->release();
  }
  EXPECT_LE(seen.size(), 2U);
}

// The pool takes back what was released whenever it is asked for more, whatever the size.
TEST(ParcelPool, DoesNotGrowWithLargeParcelsThatCameBack) {
  ParcelPool pool;
  for (int i = 0; i < 100; ++i) pool.allocate(1'000'000)->release();
  EXPECT_LE(pool.existing(), 2U);
  for (int i = 0; i < 100; ++i) pool.allocate(i % 2 == 0 ? 100'000 : 100)->release();
  EXPECT_LE(pool.existing(), 4U);
}

TEST(Parcel, LivesUntilItsLastReader) {
  ParcelPool pool;
  Parcel* parcel = pool.allocate(8);
  parcel->retain(2);
  parcel->release();
  parcel->release();
  Parcel* other = pool.allocate(8);
  EXPECT_NE(other, parcel);  // Still read by one.
  parcel->release();
  other->release();
}

TEST(Parcel, IsReleasedByOtherThreads) {
  constexpr int kRounds = 200;
  constexpr std::uint32_t kReaders = 3;
  ParcelPool pool;
  for (int round = 0; round < kRounds; ++round) {
    Parcel* parcel = pool.allocate(64);
    std::memset(parcel->bytes().data(), round & 0xFF, 64);
    parcel->retain(kReaders);
    std::vector<std::thread> readers;
    for (std::uint32_t i = 0; i < kReaders; ++i) {
      readers.emplace_back([parcel, round] {
        EXPECT_EQ(parcel->bytes()[63], static_cast<std::byte>(round & 0xFF));
        parcel->release();
      });
    }
    parcel->release();
    for (std::thread& reader : readers) reader.join();
  }
}

}  // namespace
}  // namespace engine
