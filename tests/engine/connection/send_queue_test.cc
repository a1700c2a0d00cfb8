#include "engine/connection/send_queue.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/prng.h"

namespace engine {
namespace {

class SendQueueTest : public testing::Test {
 protected:
  ~SendQueueTest() override {
    if (queue_.in_flight()) queue_.complete(pools_, 0);
    queue_.clear(pools_);
    EXPECT_EQ(pools_.payloads.bytes_in_use(), 0U);
  }

  void extend(std::string_view text, std::uint32_t hint = 0) {
    std::memcpy(queue_.extend(pools_, static_cast<std::uint32_t>(text.size()), hint), text.data(),
                text.size());
  }
  std::uint32_t control(std::string_view text) {
    return queue_.push_control(pools_, base::as_bytes(text));
  }
  Payload* payload(std::string_view text) {
    Payload* made = pools_.payloads.allocate(static_cast<std::uint32_t>(text.size()));
    std::memcpy(made->append(static_cast<std::uint32_t>(text.size())), text.data(), text.size());
    return made;
  }
  // What the next send would carry; it is in flight then.
  std::string take(std::size_t segments_most = base::kSendSegmentsMax) {
    std::vector<iovec> segments(segments_most);
    const std::uint32_t count = queue_.take(segments);
    segments_taken_ = count;
    std::string text;
    for (std::uint32_t i = 0; i < count; ++i) {
      text.append(static_cast<const char*>(segments[i].iov_base), segments[i].iov_len);
    }
    return text;
  }

  SendPools pools_;
  SendQueue queue_;
  std::uint32_t segments_taken_ = 0;
};

TEST_F(SendQueueTest, IsEmptyAtFirst) {
  EXPECT_TRUE(queue_.empty());
  EXPECT_EQ(queue_.bytes(), 0U);
  EXPECT_EQ(queue_.cost(), 0U);
  EXPECT_FALSE(queue_.in_flight());
}

TEST_F(SendQueueTest, SmallPiecesOfOneTurnShareAPayload) {
  extend("one ");
  extend("two ");
  extend("three");
  EXPECT_EQ(queue_.bytes(), 13U);
  EXPECT_EQ(queue_.cost(), 13U + sizeof(Slice));
  EXPECT_EQ(take(), "one two three");
  EXPECT_EQ(segments_taken_, 1U);
}

TEST_F(SendQueueTest, NothingIsAppendedToWhatIsInFlight) {
  extend("in flight");
  EXPECT_EQ(take(), "in flight");
  extend("later");
  queue_.complete(pools_, 9);
  EXPECT_EQ(take(), "later");
  queue_.complete(pools_, 5);
  EXPECT_TRUE(queue_.empty());
  EXPECT_EQ(queue_.bytes(), 0U);
}

TEST_F(SendQueueTest, AHintMakesRoomForWhatFollows) {
  extend("a", 5000);
  extend(std::string(4000, 'b'));
  EXPECT_EQ(take().size(), 4001U);
  EXPECT_EQ(segments_taken_, 1U);
}

TEST_F(SendQueueTest, SharedPayloadsAreNotAppendedTo) {
  Payload* shared = payload("shared");
  queue_.push(pools_, shared, 0, 6);
  extend(" own");
  EXPECT_EQ(shared->used(), 6U);
  pools_.payloads.release(shared);
  EXPECT_EQ(take(), "shared own");
  EXPECT_EQ(segments_taken_, 2U);
}

TEST_F(SendQueueTest, ASliceIsAPartOfItsPayload) {
  Payload* shared = payload("0123456789");
  queue_.push(pools_, shared, 2, 3);
  queue_.push(pools_, shared, 7, 1);
  pools_.payloads.release(shared);
  EXPECT_EQ(take(), "2347");
}

TEST_F(SendQueueTest, WhatAShortSendLeftGoesNext) {
  extend("abcdef");
  Payload* shared = payload("ghi");
  queue_.push(pools_, shared, 0, 3);
  pools_.payloads.release(shared);
  EXPECT_EQ(take(), "abcdefghi");
  queue_.complete(pools_, 4);
  EXPECT_EQ(queue_.bytes(), 5U);
  EXPECT_EQ(take(), "efghi");
  queue_.complete(pools_, 3);
  EXPECT_EQ(take(), "hi");
  queue_.complete(pools_, 0);
  EXPECT_EQ(take(), "hi");
  queue_.complete(pools_, 2);
  EXPECT_TRUE(queue_.empty());
}

TEST_F(SendQueueTest, ASendTakesNoMoreSegmentsThanFit) {
  for (int i = 0; i < 10; ++i) {
    Payload* shared = payload(std::to_string(i));
    queue_.push(pools_, shared, 0, 1);
    pools_.payloads.release(shared);
  }
  EXPECT_EQ(take(4), "0123");
  queue_.complete(pools_, 4);
  EXPECT_EQ(take(4), "4567");
  queue_.complete(pools_, 4);
  EXPECT_EQ(take(4), "89");
}

TEST_F(SendQueueTest, ClearingGivesEverythingBack) {
  for (int i = 0; i < 100; ++i) {
    Payload* shared = payload("x");
    queue_.push(pools_, shared, 0, 1);
    pools_.payloads.release(shared);
  }
  queue_.clear(pools_);
  EXPECT_TRUE(queue_.empty());
  EXPECT_EQ(queue_.cost(), 0U);
  EXPECT_EQ(pools_.payloads.bytes_in_use(), 0U);
}

// ---- Control frames: here texts in parentheses ----

TEST_F(SendQueueTest, ASendTakesNoPieceMoreOnceItHasMuch) {
  const std::string piece(50'000, 'p');
  for (int i = 0; i < 6; ++i) {
    Payload* shared = payload(piece);
    queue_.push(pools_, shared, 0, 50'000);
    pools_.payloads.release(shared);
  }
  EXPECT_EQ(take().size(), 150'000U);
  EXPECT_LT(150'000U, base::kSendBytesInFlightMost + piece.size());
  EXPECT_TRUE(queue_.waits());
  queue_.complete(pools_, 150'000);
  EXPECT_EQ(take().size(), 150'000U);
  EXPECT_FALSE(queue_.waits());
}

TEST_F(SendQueueTest, AControlFrameOvertakesWhatNoSendHasBegun) {
  extend("flying");
  EXPECT_EQ(take(), "flying");
  extend("data");
  EXPECT_EQ(control("(1)"), 0U);
  extend(" more");
  EXPECT_EQ(control("(2)"), 0U);
  EXPECT_EQ(queue_.bytes(), 21U);
  queue_.complete(pools_, 6);
  EXPECT_EQ(take(), "(1)(2)data more");
}

TEST_F(SendQueueTest, AControlFrameDoesNotTearWhatWasSentInPart) {
  extend("abcdef");
  EXPECT_EQ(take(), "abcdef");
  queue_.complete(pools_, 2);
  control("(1)");
  Payload* shared = payload("ghi");
  queue_.push(pools_, shared, 0, 3);
  pools_.payloads.release(shared);
  control("(2)");
  EXPECT_EQ(take(), "cdef(1)(2)ghi");
  queue_.complete(pools_, 5);
  control("(3)");
  EXPECT_EQ(take(), "1)(2)(3)ghi");
  queue_.complete(pools_, 0);
  control("(4)");
  EXPECT_EQ(take(), "1)(2)(3)(4)ghi");
}

TEST_F(SendQueueTest, NothingOvertakesWhatIsPinned) {
  extend("HTTP ");
  queue_.pin_first();
  control("(1)");
  extend("data");
  EXPECT_EQ(take(), "HTTP (1)data");
  queue_.complete(pools_, 12);
  extend("next");
  control("(2)");
  EXPECT_EQ(take(), "(2)next");
}

TEST_F(SendQueueTest, DataIsNeverWrittenBehindAControlFrameInItsPayload) {
  control("(1)");
  extend("data");
  control("(2)");
  EXPECT_EQ(take(), "(1)(2)data");
  EXPECT_EQ(segments_taken_, 2U);
}

// They are bounded by themselves: of too many, the newest of its kind stays, and none of another
// kind is lost.
TEST_F(SendQueueTest, OfTooManyControlFramesTheNewestStays) {
  extend("data");
  std::string last;
  std::uint32_t replaced = 0;
  for (int i = 0; i < 2000; ++i) {
    last = "(" + std::to_string(i) + std::string(60, '.') + ")";
    replaced += control(last);
  }
  EXPECT_GT(replaced, 0U);
  EXPECT_EQ(control("[other kind]"), 0U);
  EXPECT_LE(queue_.bytes(), base::kControlQueueBytesMax + 2 * base::kControlFrameBytesMax);
  const std::uint32_t bytes = queue_.bytes();
  std::string sent;
  while (!queue_.empty()) {
    const std::string piece = take();
    sent += piece;
    queue_.complete(pools_, static_cast<std::uint32_t>(piece.size()));
  }
  EXPECT_EQ(sent.size(), bytes);
  EXPECT_EQ(sent.substr(0, 2), "(0");
  EXPECT_TRUE(sent.ends_with(last + "[other kind]data")) << sent.substr(sent.size() - 200);
}

TEST_F(SendQueueTest, WhatWaitsCanBeDropped) {
  extend("flying");
  EXPECT_EQ(take(), "flying");
  extend("data");
  control("(1)");
  queue_.drop_waiting(pools_);
  EXPECT_EQ(queue_.bytes(), 6U);
  extend("farewell");
  queue_.complete(pools_, 2);
  queue_.drop_waiting(pools_);
  EXPECT_EQ(take(), "ying");
  queue_.complete(pools_, 4);
  extend("gone");
  queue_.drop_waiting(pools_);
  EXPECT_TRUE(queue_.empty());
  extend("again");
  EXPECT_EQ(take(), "again");
  EXPECT_EQ(pools_.slices.bytes_in_use(), sizeof(Slice));
}

// Any sequence of extending, pushing, sending and completing sends the bytes in their order.
TEST_F(SendQueueTest, RandomUseKeepsTheStream) {
  base::Prng prng(5);
  std::string queued;
  std::string sent;
  std::string flying;
  for (int i = 0; i < 20'000; ++i) {
    const std::string text(1 + prng.below(400), static_cast<char>('a' + i % 26));
    switch (prng.below(4)) {
      case 0:
        extend(text, static_cast<std::uint32_t>(prng.below(2000)));
        queued += text;
        break;
      case 1: {
        Payload* shared = payload(text);
        queue_.push(pools_, shared, 0, static_cast<std::uint32_t>(text.size()));
        pools_.payloads.release(shared);
        queued += text;
        break;
      }
      case 2:
        if (!queue_.in_flight() && !queue_.empty()) flying = take(1 + prng.below(8));
        break;
      default:
        if (!queue_.in_flight()) break;
        const std::size_t count = prng.below(flying.size() + 1);
        queue_.complete(pools_, static_cast<std::uint32_t>(count));
        sent += flying.substr(0, count);
        break;
    }
    ASSERT_EQ(queue_.bytes(), queued.size() - sent.size());
  }
  EXPECT_EQ(queued.substr(0, sent.size()), sent);
  EXPECT_GT(sent.size(), 100'000U);
}

}  // namespace
}  // namespace engine
