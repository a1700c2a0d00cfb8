// How many buffers the kernel is offered, and which of them keep memory, as it fills them.
#include "engine/io/uring_receive_buffers.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <set>
#include <vector>

#include "base/limits.h"

namespace engine {
namespace {

constexpr std::uint32_t kCount = 256;
constexpr std::uint32_t kBytes = 4096;

class UringReceiveBuffersTest : public testing::Test {
 protected:
  UringReceiveBuffersTest() {
    EXPECT_EQ(io_uring_queue_init(kCount, &ring_, 0), 0);
    EXPECT_EQ(pipe(pipe_), 0);
    EXPECT_TRUE(
        buffers_.open(ring_, {.group = 0, .first = 0, .count = kCount, .bytes = kBytes}).ok());
  }
  ~UringReceiveBuffersTest() override {
    io_uring_queue_exit(&ring_);
    for (const int end : pipe_) close(end);
  }

  // So many bytes come at once, each of which takes a buffer. Those that find none are thrown
  // away. Returns how many were lent.
  std::uint32_t turn(std::uint32_t bytes) {
    const std::vector<char> text(bytes, 'x');
    EXPECT_EQ(write(pipe_[1], text.data(), bytes), static_cast<ssize_t>(bytes));
    for (std::uint32_t i = 0; i < bytes; ++i) {
      io_uring_sqe* entry = io_uring_get_sqe(&ring_);
      io_uring_prep_read(entry, pipe_[0], nullptr, 1, 0);
      entry->flags |= IOSQE_BUFFER_SELECT;
      entry->buf_group = 0;
    }
    EXPECT_EQ(io_uring_submit_and_wait(&ring_, bytes), static_cast<int>(bytes));
    std::vector<RingBuffer> lent;
    for (std::uint32_t i = 0; i < bytes; ++i) take(lent);
    std::vector<char> rest(bytes - lent.size());
    EXPECT_TRUE(rest.empty() || read(pipe_[0], rest.data(), rest.size()) > 0);
    for (const RingBuffer buffer : lent) buffers_.give_back(buffer);
    buffers_.publish();
    return static_cast<std::uint32_t>(lent.size());
  }
  void take(std::vector<RingBuffer>& lent) {
    io_uring_cqe* completion = nullptr;
    ASSERT_EQ(io_uring_peek_cqe(&ring_, &completion), 0);
    if ((completion->flags & IORING_CQE_F_BUFFER) != 0) {
      lent.push_back(static_cast<RingBuffer>(completion->flags >> IORING_CQE_BUFFER_SHIFT));
      std::byte* memory = buffers_.lend(lent.back(), 1);
      EXPECT_EQ(memory[0], std::byte{'x'});
      memory_.insert(memory);
    } else {
      EXPECT_EQ(completion->res, -ENOBUFS);
    }
    io_uring_cqe_seen(&ring_, completion);
  }
  // How many of all buffers that were ever filled are in memory.
  std::uint32_t resident() const {
    std::uint32_t count = 0;
    for (std::byte* memory : memory_) {
      unsigned char page = 0;
      EXPECT_EQ(mincore(memory, kBytes, &page), 0);
      count += page & 1U;
    }
    return count;
  }

  io_uring ring_{};
  int pipe_[2] = {-1, -1};
  UringReceiveBuffers buffers_;
  std::set<std::byte*> memory_;
};

TEST_F(UringReceiveBuffersTest, OfferAtFirstAFew) {
  EXPECT_EQ(buffers_.wanted(), base::kReceiveBuffersOffered);
  EXPECT_EQ(buffers_.lent(), 0U);
}

TEST_F(UringReceiveBuffersTest, FillThoseThatCameBackLast) {
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(turn(3), 3U);
  EXPECT_LE(memory_.size(), base::kReceiveBuffersOffered);
}

TEST_F(UringReceiveBuffersTest, OfferTwiceAsManyOnceAllWereTakenButNeverMoreThanThereAre) {
  turn(base::kReceiveBuffersOffered - 1);
  EXPECT_EQ(buffers_.wanted(), base::kReceiveBuffersOffered);
  turn(kCount);
  EXPECT_EQ(buffers_.wanted(), 2 * base::kReceiveBuffersOffered);
  for (int i = 0; i < 5; ++i) turn(kCount);
  EXPECT_EQ(buffers_.wanted(), kCount);
}

TEST_F(UringReceiveBuffersTest, AfterABurstThePagesOfThoseNotNeededGoBackToTheHost) {
  for (int i = 0; i < 6; ++i) turn(kCount);
  EXPECT_EQ(resident(), kCount);
  for (std::uint32_t i = 0; i < 6 * base::kReceiveBuffersPeriod; ++i) turn(2);
  EXPECT_EQ(buffers_.wanted(), base::kReceiveBuffersOffered);
  EXPECT_LE(resident(), 2 * base::kReceiveBuffersOffered);
}

TEST_F(UringReceiveBuffersTest, WhatBurstsNeedAgainAndAgainStaysOffered) {
  for (int i = 0; i < 6; ++i) turn(kCount);
  for (std::uint32_t i = 0; i < 6 * base::kReceiveBuffersPeriod; ++i) turn(i % 64 == 0 ? 100 : 2);
  EXPECT_EQ(buffers_.wanted(), kCount);
}

// Much in each, as from /dev/zero: no more are offered than a core's cache holds.
TEST(UringReceiveBuffers, OfferFewerWhereMuchComesInEach) {
  constexpr std::uint32_t kLarge = std::uint32_t{128} << 10;
  constexpr std::uint32_t kReads = 40;
  io_uring ring{};
  ASSERT_EQ(io_uring_queue_init(kCount, &ring, 0), 0);
  UringReceiveBuffers buffers;
  ASSERT_TRUE(buffers.open(ring, {.group = 1, .first = 0, .count = kCount, .bytes = kLarge}).ok());
  const int zeroes = open("/dev/zero", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(zeroes, 0);
  const auto turn = [&](std::uint32_t bytes) {
    for (std::uint32_t i = 0; i < kReads; ++i) {
      io_uring_sqe* entry = io_uring_get_sqe(&ring);
      io_uring_prep_read(entry, zeroes, nullptr, bytes, 0);
      entry->flags |= IOSQE_BUFFER_SELECT;
      entry->buf_group = 1;
    }
    EXPECT_EQ(io_uring_submit_and_wait(&ring, kReads), static_cast<int>(kReads));
    std::vector<RingBuffer> lent;
    for (std::uint32_t i = 0; i < kReads; ++i) {
      io_uring_cqe* completion = nullptr;
      EXPECT_EQ(io_uring_peek_cqe(&ring, &completion), 0);
      if ((completion->flags & IORING_CQE_F_BUFFER) != 0) {
        lent.push_back(static_cast<RingBuffer>(completion->flags >> IORING_CQE_BUFFER_SHIFT));
        buffers.lend(lent.back(), static_cast<std::uint32_t>(completion->res));
      }
      io_uring_cqe_seen(&ring, completion);
    }
    for (const RingBuffer buffer : lent) buffers.give_back(buffer);
    buffers.publish();
    return static_cast<std::uint32_t>(lent.size());
  };
  for (int i = 0; i < 10; ++i) turn(kLarge / 2);
  EXPECT_LE(turn(kLarge / 2), base::kReceiveBytesOffered / (kLarge / 2) + 1);
  EXPECT_GE(turn(kLarge / 2), base::kReceiveBuffersOfferedLeast);
  for (int i = 0; i < 10; ++i) turn(100);
  EXPECT_EQ(turn(100), kReads);  // Little in each: as many as are asked for.
  close(zeroes);
  io_uring_queue_exit(&ring);
}

}  // namespace
}  // namespace engine
