// What both drivers promise about canceling and closing.

#include "tests/conformance/party.h"

namespace conformance {
namespace {

using engine::submit_cancel;
using engine::submit_close;
using engine::submit_receive;
using engine::submit_send;
using engine::submit_settle;

class Closing : public Pair {
 protected:
  static constexpr std::uint32_t kSend = 3;  // The generation in the send's tag.

  // A client that receives, and whose send waits for a server that reads nothing.
  Ends with_a_send_that_waits(std::uint32_t receive_generation) {
    const Ends ends = connected();
    client_.stage(submit_receive(ends.client, receive_generation));
    client_.stage(submit_send(ends.client, kSend, bytes(text_)));
    client_.settle();
    EXPECT_EQ(client_.pending(OperationKind::send), 0U);
    return ends;
  }

  // What had been taken counts; a cancel that came before the first byte says canceled.
  void expect_the_send_ends_early() {
    const auto send = client_.await(OperationKind::send);
    ASSERT_TRUE(send.has_value());
    EXPECT_LT(send->result, static_cast<std::int32_t>(text_.size()));
    EXPECT_TRUE(send->result > 0 || outcome(*send) == Outcome::canceled);
  }

  const std::string text_ = std::string(8 << 20, 'w');
};

TEST_F(Closing, ACancelEndsTheReceiveAndBothCarryTheirTags) {
  const Ends ends = connected();
  server_.stage(submit_receive(ends.server, 21));
  server_.settle();
  server_.stage(submit_cancel(ends.server, 22));
  const auto receive = server_.await(OperationKind::receive);
  const auto cancel = server_.await(OperationKind::cancel);
  ASSERT_TRUE(receive.has_value());
  ASSERT_TRUE(cancel.has_value());
  EXPECT_EQ(outcome(*receive), Outcome::canceled);
  EXPECT_FALSE(receive->more);
  EXPECT_EQ(receive->tag, (engine::Tag{OperationKind::receive, ends.server, 21}));
  EXPECT_EQ(outcome(*cancel), Outcome::success);
  EXPECT_EQ(cancel->tag, (engine::Tag{OperationKind::cancel, ends.server, 22}));
}

TEST_F(Closing, ACancelInTheTurnOfTheReceiveEndsItToo) {
  const Ends ends = connected();
  server_.stage(submit_receive(ends.server, 1));
  server_.stage(submit_cancel(ends.server, 1));
  const auto receive = server_.await(OperationKind::receive);
  ASSERT_TRUE(receive.has_value());
  EXPECT_EQ(outcome(*receive), Outcome::canceled);
  EXPECT_TRUE(server_.await(OperationKind::cancel).has_value());
}

TEST_F(Closing, ACancelEndsASendThatWaits) {
  const Ends ends = with_a_send_that_waits(2);
  client_.stage(submit_cancel(ends.client, 4));
  expect_the_send_ends_early();
  const auto receive = client_.await(OperationKind::receive);
  ASSERT_TRUE(receive.has_value());
  EXPECT_EQ(outcome(*receive), Outcome::canceled);
  EXPECT_TRUE(client_.await(OperationKind::cancel).has_value());
}

TEST_F(Closing, SettlingEndsASendThatWaitsAndNothingElse) {
  const Ends ends = with_a_send_that_waits(kSend);
  client_.stage(submit_settle(ends.client, kSend, OperationKind::send));
  expect_the_send_ends_early();
  client_.settle();
  EXPECT_EQ(client_.pending(OperationKind::settle), 0U);  // Success is silent.
  EXPECT_EQ(client_.pending(OperationKind::receive), 0U);
  server_.stage(submit_send(ends.server, 5, bytes("still read")));
  ASSERT_TRUE(server_.await(OperationKind::send).has_value());
  EXPECT_EQ(client_.receive(10), "still read");
}

TEST_F(Closing, ACancelThatFindsNothingCompletesAllTheSame) {
  const Ends ends = connected();
  server_.stage(submit_cancel(ends.server, 1));
  const auto cancel = server_.await(OperationKind::cancel);
  ASSERT_TRUE(cancel.has_value());
  EXPECT_TRUE(outcome(*cancel) == Outcome::success || outcome(*cancel) == Outcome::not_found);
}

TEST_F(Closing, AConnectionReceivesAgainAfterACancel) {
  const Ends ends = connected();
  server_.stage(submit_receive(ends.server, 1));
  server_.settle();
  server_.stage(submit_cancel(ends.server, 1));
  server_.await(OperationKind::receive);
  server_.await(OperationKind::cancel);
  server_.stage(submit_receive(ends.server, 1));
  client_.stage(submit_send(ends.client, 1, bytes("again")));
  client_.await(OperationKind::send);
  EXPECT_EQ(server_.receive(5), "again");
}

TEST_F(Closing, ACloseIsSilentAndFreesTheDescriptor) {
  std::vector<Ends> all;
  for (int i = 0; i < 16; ++i) all.push_back(connected());
  for (const Ends& ends : all) {
    server_.stage(submit_close(ends.server, 1));
    client_.stage(submit_close(ends.client, 1));
  }
  server_.settle();
  client_.settle();
  EXPECT_EQ(server_.pending(OperationKind::close), 0U);
  EXPECT_EQ(client_.pending(OperationKind::close), 0U);
  for (int i = 0; i < 16; ++i) {
    const Ends ends = connected();
    EXPECT_LT(ends.server, 16U);
  }
}

TEST_F(Closing, AClosedDescriptorIsReusedWithinATurn) {
  const Ends first = connected();
  server_.stage(submit_close(first.server, 1));
  server_.settle();
  const Ends second = connected();
  EXPECT_EQ(second.server, first.server);
  server_.stage(submit_receive(second.server, 2));
  client_.stage(submit_send(second.client, 2, bytes("new")));
  client_.await(OperationKind::send);
  EXPECT_EQ(server_.receive(3), "new");
}

TEST_F(Closing, OnlyAFailedCloseCompletes) {
  server_.stage(submit_close(13, 6));
  const auto completion = server_.await(OperationKind::close);
  ASSERT_TRUE(completion.has_value());
  EXPECT_LT(completion->result, 0);
  EXPECT_EQ(completion->tag, (engine::Tag{OperationKind::close, 13, 6}));
}

TEST_F(Closing, BytesSentBeforeACloseStillArrive) {
  const std::string text(20'000, 'k');
  const Ends ends = connected();
  client_.stage(submit_send(ends.client, 1, bytes(text)));
  client_.await(OperationKind::send);
  client_.stage(submit_close(ends.client, 1));
  client_.settle();
  std::string received;
  Completion last;
  while (received.size() < text.size()) {
    server_.stage(submit_receive(ends.server, 1));
    received += server_.receive(text.size() + 1 - received.size(), &last);
    if (last.result == 0) break;
  }
  EXPECT_EQ(received, text);
}

}  // namespace
}  // namespace conformance
