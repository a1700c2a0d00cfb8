// What both drivers promise about receiving.

#include "tests/conformance/party.h"

namespace conformance {
namespace {

using engine::submit_close;
using engine::submit_poll;
using engine::submit_receive;
using engine::submit_receive_once;
using engine::submit_send;
using engine::submit_settle;

std::string numbered_text(std::size_t size) {
  std::string text;
  for (std::uint32_t i = 0; text.size() < size; ++i) text += std::to_string(i) + ",";
  text.resize(size);
  return text;
}

class Receiving : public Pair {};

TEST_F(Receiving, YieldsBytesInLeasedBuffersWhileMoreIsSet) {
  const Ends ends = connected();
  server_.stage(submit_receive(ends.server, 5));
  server_.settle();
  EXPECT_EQ(server_.pending(OperationKind::receive), 0U);  // Nothing was sent yet.
  for (const std::string text : {"first", "second", "third"}) {
    client_.stage(submit_send(ends.client, 1, bytes(text)));
    client_.await(OperationKind::send);
    const auto completion = server_.await(OperationKind::receive);
    ASSERT_TRUE(completion.has_value());
    EXPECT_TRUE(completion->more);
    ASSERT_TRUE(completion->has_buffer);
    EXPECT_EQ(completion->tag, (engine::Tag{OperationKind::receive, ends.server, 5}));
    EXPECT_EQ(base::as_text(completion->received()), text);
    server_.driver().give_back(completion->buffer);
  }
}

// What comes is more than a small buffer holds: who asked for those hears that it would have had
// use for a large one.
class ReceivingInTwoSizes : public Pair {
 protected:
  ReceivingInTwoSizes() : Pair(two_sizes(0), two_sizes(1)) {}

  static DriverOptions two_sizes(std::uint32_t shard) {
    DriverOptions options = small(shard);
    options.receive_buffer_bytes = 2 * base::kSmallReceiveBufferBytes;
    return options;
  }
  void send_all(const Ends& ends) {
    client_.stage(submit_send(ends.client, 1, bytes(text_)));
    client_.await(OperationKind::send);
    client_.settle();
  }

  const std::string text_ = numbered_text(base::kSmallReceiveBufferBytes + 100);
};

TEST_F(ReceivingInTwoSizes, ASmallBufferThatIsFilledSaysThatALargeOneWouldHoldMore) {
  const Ends ends = connected();
  send_all(ends);
  server_.stage(submit_receive(ends.server, 1, engine::BufferSize::small));
  std::string received;
  while (received.size() < text_.size()) {
    const auto completion = server_.await(OperationKind::receive);
    ASSERT_TRUE(completion.has_value());
    ASSERT_TRUE(completion->has_buffer);
    EXPECT_LE(completion->received().size(), base::kSmallReceiveBufferBytes);
    EXPECT_EQ(completion->cramped, completion->received().size() == base::kSmallReceiveBufferBytes);
    received += base::as_text(completion->received());
    server_.driver().give_back(completion->buffer);
    if (!completion->more) {
      server_.stage(submit_receive(ends.server, 1, engine::BufferSize::small));
    }
  }
  EXPECT_EQ(received, text_);
}

TEST_F(ReceivingInTwoSizes, ALargeOneHoldsItAndIsNotCalledCramped) {
  const Ends ends = connected();
  send_all(ends);
  server_.stage(submit_receive_once(ends.server, 1, engine::BufferSize::large));
  const auto completion = server_.await(OperationKind::receive);
  ASSERT_TRUE(completion.has_value());
  ASSERT_TRUE(completion->has_buffer);
  EXPECT_EQ(base::as_text(completion->received()), text_);
  EXPECT_FALSE(completion->cramped);
  server_.driver().give_back(completion->buffer);
}

TEST_F(ReceivingInTwoSizes, ThoseOfOneSizeDoNotRunOutForTheOther) {
  const Ends first = connected();
  const Ends second = connected();
  std::vector<engine::BufferId> held;
  for (int i = 0; i < 8; ++i) {  // All of the small ones.
    client_.stage(submit_send(first.client, 1, bytes("small")));
    client_.await(OperationKind::send);
    server_.stage(submit_receive_once(first.server, 1, engine::BufferSize::small));
    const auto completion = server_.await(OperationKind::receive);
    ASSERT_TRUE(completion.has_value() && completion->has_buffer);
    held.push_back(completion->buffer);
  }
  client_.stage(submit_send(second.client, 1, bytes(text_)));
  client_.await(OperationKind::send);
  client_.settle();
  server_.stage(submit_receive_once(second.server, 1, engine::BufferSize::large));
  const auto completion = server_.await(OperationKind::receive);
  ASSERT_TRUE(completion.has_value());
  EXPECT_TRUE(completion->has_buffer);
  if (completion->has_buffer) held.push_back(completion->buffer);
  for (const engine::BufferId buffer : held) server_.driver().give_back(buffer);
}

TEST_F(Receiving, BytesInABufferMayBeChangedInPlace) {
  const Ends ends = connected();
  server_.stage(submit_receive(ends.server, 1));
  client_.submit(submit_send(ends.client, 1, bytes("mask")));
  const auto completion = server_.await(OperationKind::receive);
  client_.await(OperationKind::send);
  ASSERT_TRUE(completion.has_value());
  for (std::byte& byte : completion->received()) byte ^= std::byte{0x20};
  EXPECT_EQ(base::as_text(completion->received()), "MASK");
  server_.driver().give_back(completion->buffer);
}

TEST_F(Receiving, ALongStreamArrivesInOrderThroughFewBuffers) {
  const std::string text = numbered_text(200'000);
  const Ends ends = connected();
  server_.stage(submit_receive(ends.server, 1));
  client_.submit(submit_send(ends.client, 1, bytes(text)));
  std::string received;
  while (received.size() < text.size()) {
    Completion last;
    received += server_.receive(text.size() - received.size(), &last);
    client_.turn(base::Instant{});
    if (last.more) continue;
    ASSERT_EQ(outcome(last), Outcome::no_buffers);  // The only end that a stream may meet here.
    server_.stage(submit_receive(ends.server, 1));
  }
  EXPECT_EQ(received, text);
  const auto sent = client_.await(OperationKind::send);
  ASSERT_TRUE(sent.has_value());
  EXPECT_EQ(sent->result, static_cast<std::int32_t>(text.size()));
}

TEST_F(Receiving, BytesThatCameBeforeTheReceiveWait) {
  const Ends ends = connected();
  client_.stage(submit_send(ends.client, 1, bytes("early")));
  client_.await(OperationKind::send);
  server_.settle();
  server_.stage(submit_receive(ends.server, 1));
  EXPECT_EQ(server_.receive(5), "early");
}

TEST_F(Receiving, ThePeersEndYieldsZeroAfterItsBytes) {
  const Ends ends = connected();
  server_.stage(submit_receive(ends.server, 1));
  client_.stage(submit_send(ends.client, 1, bytes("last words")));
  client_.await(OperationKind::send);
  client_.stage(submit_close(ends.client, 1));
  client_.settle();
  Completion last;
  EXPECT_EQ(server_.receive(11, &last), "last words");
  EXPECT_EQ(last.result, 0);
  EXPECT_FALSE(last.more);
  EXPECT_FALSE(last.has_buffer);
}

TEST_F(Receiving, APeerThatClosesWithUnreadBytesResets) {
  const Ends ends = connected();
  server_.stage(submit_receive(ends.server, 1));
  server_.stage(submit_send(ends.server, 1, bytes("never read")));
  server_.await(OperationKind::send);
  client_.settle();
  client_.stage(submit_close(ends.client, 1));
  client_.settle();
  const auto completion = server_.await(OperationKind::receive);
  ASSERT_TRUE(completion.has_value());
  EXPECT_EQ(outcome(*completion), Outcome::connection_reset);
  EXPECT_FALSE(completion->more);
}

TEST_F(Receiving, ADescriptorThatIsNotOpenIsAFailure) {
  server_.stage(submit_receive(11, 3));
  const auto completion = server_.await(OperationKind::receive);
  ASSERT_TRUE(completion.has_value());
  EXPECT_LT(completion->result, 0);
  EXPECT_FALSE(completion->more);
  EXPECT_EQ(completion->tag, (engine::Tag{OperationKind::receive, 11, 3}));
}

// ---- Single receives, polls and the end of a receive --------------------------------------------

TEST_F(Receiving, OnceYieldsOneBufferAndEnds) {
  const Ends ends = connected();
  server_.stage(submit_receive_once(ends.server, 1));
  server_.settle();
  EXPECT_EQ(server_.pending(OperationKind::receive), 0U);  // It waits for bytes.
  client_.stage(submit_send(ends.client, 1, bytes("one")));
  client_.await(OperationKind::send);
  const auto completion = server_.await(OperationKind::receive);
  ASSERT_TRUE(completion.has_value());
  EXPECT_FALSE(completion->more);
  ASSERT_TRUE(completion->has_buffer);
  EXPECT_EQ(base::as_text(completion->received()), "one");
  server_.driver().give_back(completion->buffer);
  client_.stage(submit_send(ends.client, 1, bytes("two")));
  client_.await(OperationKind::send);
  server_.settle();
  EXPECT_EQ(server_.pending(OperationKind::receive), 0U);
  server_.stage(submit_receive_once(ends.server, 1));
  EXPECT_EQ(server_.receive(3), "two");
}

TEST_F(Receiving, APollCompletesOnceWhenThereIsSomethingToReceive) {
  const Ends ends = connected();
  server_.stage(submit_poll(ends.server, 6));
  server_.settle();
  EXPECT_EQ(server_.pending(OperationKind::poll), 0U);
  client_.stage(submit_send(ends.client, 1, bytes("knock")));
  client_.await(OperationKind::send);
  const auto completion = server_.await(OperationKind::poll);
  ASSERT_TRUE(completion.has_value());
  EXPECT_GE(completion->result, 0);
  EXPECT_FALSE(completion->more);
  EXPECT_FALSE(completion->has_buffer);
  EXPECT_EQ(completion->tag, (engine::Tag{OperationKind::poll, ends.server, 6}));
  server_.stage(submit_receive_once(ends.server, 6));
  EXPECT_EQ(server_.receive(5), "knock");
}

TEST_F(Receiving, APollOfWhatCameBeforeCompletesAtOnce) {
  const Ends ends = connected();
  client_.stage(submit_send(ends.client, 1, bytes("early")));
  client_.await(OperationKind::send);
  server_.settle();
  server_.stage(submit_poll(ends.server, 1));
  EXPECT_TRUE(server_.await(OperationKind::poll).has_value());
}

TEST_F(Receiving, APollCompletesAtThePeersEnd) {
  const Ends ends = connected();
  server_.stage(submit_poll(ends.server, 1));
  client_.stage(submit_close(ends.client, 1));
  client_.settle();
  ASSERT_TRUE(server_.await(OperationKind::poll).has_value());
  server_.stage(submit_receive_once(ends.server, 1));
  const auto end = server_.await(OperationKind::receive);
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->result, 0);
}

TEST_F(Receiving, SettlingEndsTheReceiveAndNothingElse) {
  const Ends ends = connected();
  server_.stage(submit_receive(ends.server, 4));
  server_.settle();
  server_.stage(submit_settle(ends.server, 4));
  const auto completion = server_.await(OperationKind::receive);
  ASSERT_TRUE(completion.has_value());
  EXPECT_EQ(outcome(*completion), Outcome::canceled);
  EXPECT_FALSE(completion->more);
  EXPECT_EQ(server_.pending(OperationKind::settle), 0U);  // Success is silent.
  server_.stage(submit_send(ends.server, 4, bytes("still open")));
  const auto sent = server_.await(OperationKind::send);
  ASSERT_TRUE(sent.has_value());
  EXPECT_EQ(sent->result, 10);
}

TEST_F(Receiving, SettlingEndsAPollByItsKind) {
  const Ends ends = connected();
  server_.stage(submit_poll(ends.server, 4));
  server_.settle();
  server_.stage(submit_settle(ends.server, 4));  // There is no receive.
  ASSERT_TRUE(server_.await(OperationKind::settle).has_value());
  EXPECT_EQ(server_.pending(OperationKind::poll), 0U);
  server_.stage(submit_settle(ends.server, 4, OperationKind::poll));
  const auto completion = server_.await(OperationKind::poll);
  ASSERT_TRUE(completion.has_value());
  EXPECT_EQ(outcome(*completion), Outcome::canceled);
}

TEST_F(Receiving, SettlingWithoutAReceiveFails) {
  const Ends ends = connected();
  server_.stage(submit_settle(ends.server, 4));
  const auto completion = server_.await(OperationKind::settle);
  ASSERT_TRUE(completion.has_value());
  EXPECT_LT(completion->result, 0);
}

// ---- Running out of buffers ---------------------------------------------------------------------

class ReceiveBuffersRunOut : public Receiving {
 protected:
  // Fills every buffer of the server and keeps them; true when the receive ended for want of one.
  bool exhaust(const Ends& ends) {
    text_ = numbered_text(8 * 1024 + 500);
    server_.stage(submit_receive(ends.server, 1));
    client_.stage(submit_send(ends.client, 1, bytes(text_)));
    client_.await(OperationKind::send);
    while (true) {
      const auto completion = server_.await(OperationKind::receive);
      if (!completion.has_value()) return false;
      received_ += base::as_text(completion->received());
      if (completion->has_buffer) held_.push_back(completion->buffer);
      if (!completion->more) return outcome(*completion) == Outcome::no_buffers;
    }
  }
  void give_all_back() {
    for (const engine::BufferId buffer : held_) server_.driver().give_back(buffer);
    held_.clear();
  }

  std::string text_;
  std::string received_;
  std::vector<engine::BufferId> held_;
};

TEST_F(ReceiveBuffersRunOut, EndsWithNoBuffersAndLosesNothing) {
  const Ends ends = connected();
  ASSERT_TRUE(exhaust(ends));
  EXPECT_EQ(held_.size(), 8U);
  give_all_back();
  server_.stage(submit_receive(ends.server, 1));
  received_ += server_.receive(text_.size() - received_.size());
  EXPECT_EQ(received_, text_);
}

TEST_F(ReceiveBuffersRunOut, ArmingWithoutBuffersEndsAtOnce) {
  const Ends ends = connected();
  ASSERT_TRUE(exhaust(ends));
  server_.stage(submit_receive(ends.server, 2));
  const auto completion = server_.await(OperationKind::receive);
  ASSERT_TRUE(completion.has_value());
  EXPECT_EQ(outcome(*completion), Outcome::no_buffers);
  EXPECT_FALSE(completion->more);
  give_all_back();
}

TEST_F(ReceiveBuffersRunOut, ThePeersEndWaitsForABuffer) {
  const Ends ends = connected();
  ASSERT_TRUE(exhaust(ends));
  client_.stage(submit_close(ends.client, 1));
  client_.settle();
  give_all_back();
  server_.stage(submit_receive(ends.server, 2));
  Completion last;
  received_ += server_.receive(text_.size(), &last);
  EXPECT_EQ(received_, text_);
  EXPECT_EQ(last.result, 0);
}

}  // namespace
}  // namespace conformance
