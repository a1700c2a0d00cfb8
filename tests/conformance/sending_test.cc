// What both drivers promise about sending.

#include <cerrno>

#include "tests/conformance/party.h"

namespace conformance {
namespace {

using engine::promptly;
using engine::submit_close;
using engine::submit_receive;
using engine::submit_send;

class Sending : public Pair {};

TEST_F(Sending, OnePieceArrivesWhole) {
  const Ends ends = connected();
  server_.stage(submit_receive(ends.server, 1));
  client_.stage(submit_send(ends.client, 77, bytes("a piece")));
  const auto sent = client_.await(OperationKind::send);
  ASSERT_TRUE(sent.has_value());
  EXPECT_EQ(sent->result, 7);
  EXPECT_FALSE(sent->more);
  EXPECT_EQ(sent->tag, (engine::Tag{OperationKind::send, ends.client, 77}));
  EXPECT_EQ(server_.receive(7), "a piece");
}

TEST_F(Sending, SegmentsArriveWholeAndInOrder) {
  const Ends ends = connected();
  server_.stage(submit_receive(ends.server, 1));
  std::array<std::string, 5> texts{"one ", "two ", "three ", "four ", "five"};
  std::array<iovec, 5> segments{};
  for (std::size_t i = 0; i < texts.size(); ++i) segments[i] = {texts[i].data(), texts[i].size()};
  client_.submit(submit_send(ends.client, 1, std::span<const iovec>(segments)));
  segments = {};  // The driver has taken the vector; the bytes stay until the completion.
  const auto sent = client_.await(OperationKind::send);
  ASSERT_TRUE(sent.has_value());
  EXPECT_EQ(sent->result, 23);
  EXPECT_EQ(server_.receive(23), "one two three four five");
}

TEST_F(Sending, SegmentedSendsOfOneTurnDoNotMix) {
  const Ends first = connected();
  const Ends second = connected();
  server_.stage(submit_receive(first.server, 1));
  std::array<std::string, 2> texts{"1st", "2nd"};
  std::array<std::string, 2> tails{" to the first", " to the second"};
  std::array<std::array<iovec, 2>, 2> segments{};
  for (std::size_t i = 0; i < 2; ++i) {
    segments[i][0] = {texts[i].data(), texts[i].size()};
    segments[i][1] = {tails[i].data(), tails[i].size()};
  }
  client_.stage(submit_send(first.client, 1, std::span<const iovec>(segments[0])));
  client_.stage(submit_send(second.client, 2, std::span<const iovec>(segments[1])));
  client_.await(OperationKind::send);
  client_.await(OperationKind::send);
  EXPECT_EQ(server_.receive(16), "1st to the first");
  server_.stage(submit_receive(second.server, 1));
  EXPECT_EQ(server_.receive(17), "2nd to the second");
}

TEST_F(Sending, MoreThanTheWindowCompletesOnceItWasRead) {
  const std::string text(8 << 20, 'w');
  const Ends ends = connected();
  client_.stage(submit_send(ends.client, 1, bytes(text)));
  client_.settle();
  ASSERT_EQ(client_.pending(OperationKind::send), 0U);  // Nobody reads yet.
  std::size_t received = 0;
  server_.stage(submit_receive(ends.server, 1));
  while (received < text.size()) {
    Completion last;
    received += server_.receive(text.size() - received, &last).size();
    if (!last.more) server_.stage(submit_receive(ends.server, 1));
    client_.turn(base::Instant{});
  }
  const auto sent = client_.await(OperationKind::send);
  ASSERT_TRUE(sent.has_value());
  EXPECT_EQ(sent->result, static_cast<std::int32_t>(text.size()));
}

TEST_F(Sending, AResetConnectionSaysSo) {
  const Ends ends = connected();
  client_.stage(submit_send(ends.client, 1, bytes("unread")));
  client_.await(OperationKind::send);
  server_.settle();
  server_.stage(submit_close(ends.server, 1));
  server_.settle();
  client_.settle();
  client_.stage(submit_send(ends.client, 1, bytes("too late")));
  const auto sent = client_.await(OperationKind::send);
  ASSERT_TRUE(sent.has_value());
  EXPECT_EQ(outcome(*sent), Outcome::connection_reset);
}

TEST_F(Sending, BothDirectionsAtOnce) {
  const Ends ends = connected();
  server_.stage(submit_receive(ends.server, 1));
  client_.stage(submit_receive(ends.client, 1));
  server_.submit(submit_send(ends.server, 1, bytes("down")));
  client_.submit(submit_send(ends.client, 1, bytes("up")));
  EXPECT_EQ(client_.receive(4), "down");
  EXPECT_EQ(server_.receive(2), "up");
  EXPECT_TRUE(server_.await(OperationKind::send).has_value());
  EXPECT_TRUE(client_.await(OperationKind::send).has_value());
}

TEST_F(Sending, ADescriptorThatIsNotOpenIsAFailure) {
  client_.stage(submit_send(9, 3, bytes("nowhere")));
  const auto completion = client_.await(OperationKind::send);
  ASSERT_TRUE(completion.has_value());
  EXPECT_LT(completion->result, 0);
  EXPECT_EQ(completion->tag, (engine::Tag{OperationKind::send, 9, 3}));
}

// ---- Prompt sends -------------------------------------------------------------------------------

TEST_F(Sending, APromptSendThatFitsIsSilentAndDoneWhenItsTurnHasSettled) {
  const Ends ends = connected();
  server_.stage(submit_receive(ends.server, 1));
  std::string text = "gone at once";
  client_.submit(promptly(submit_send(ends.client, 1, bytes(text))));
  EXPECT_TRUE(client_.driver().settled());
  text.assign(text.size(), '!');  // Its bytes are the caller's again.
  EXPECT_EQ(server_.receive(12), "gone at once");
  client_.settle();
  EXPECT_EQ(client_.pending(OperationKind::send), 0U);
}

TEST_F(Sending, APromptSendTellsHowMuchFitted) {
  const std::string text(8 << 20, 'p');
  const Ends ends = connected();
  client_.submit(promptly(submit_send(ends.client, 5, bytes(text))));
  ASSERT_EQ(client_.pending(OperationKind::send), 1U);  // In the very turn that took it.
  const auto sent = client_.await(OperationKind::send);
  ASSERT_TRUE(sent.has_value());
  EXPECT_EQ(sent->tag, (engine::Tag{OperationKind::send, ends.client, 5}));
  ASSERT_GT(sent->result, 0);
  ASSERT_LT(sent->result, static_cast<std::int32_t>(text.size()));
  client_.submit(promptly(submit_send(ends.client, 5, bytes("no room left"))));
  const auto none = client_.await(OperationKind::send);
  ASSERT_TRUE(none.has_value());
  EXPECT_EQ(none->result, -EAGAIN);
  // What was told is what arrives.
  std::size_t received = 0;
  const auto all = static_cast<std::size_t>(sent->result);
  server_.stage(submit_receive(ends.server, 1));
  while (received < all) {
    Completion last;
    received += server_.receive(all - received, &last).size();
    if (!last.more) server_.stage(submit_receive(ends.server, 1));
  }
  server_.settle();
  EXPECT_EQ(received, all);
}

TEST_F(Sending, APromptSendOfSegmentsKeepsTheirOrder) {
  const Ends ends = connected();
  server_.stage(submit_receive(ends.server, 1));
  std::array<std::string, 3> texts{"a ", "b ", "c"};
  std::array<iovec, 3> segments{};
  for (std::size_t i = 0; i < texts.size(); ++i) segments[i] = {texts[i].data(), texts[i].size()};
  client_.submit(promptly(submit_send(ends.client, 1, std::span<const iovec>(segments))));
  EXPECT_EQ(server_.receive(5), "a b c");
}

TEST_F(Sending, APromptSendOnAResetConnectionSaysSo) {
  const Ends ends = connected();
  client_.submit(promptly(submit_send(ends.client, 1, bytes("unread"))));
  server_.settle();
  server_.stage(submit_close(ends.server, 1));
  server_.settle();
  client_.settle();
  client_.submit(promptly(submit_send(ends.client, 1, bytes("too late"))));
  const auto sent = client_.await(OperationKind::send);
  ASSERT_TRUE(sent.has_value());
  EXPECT_EQ(outcome(*sent), Outcome::connection_reset);
}

}  // namespace
}  // namespace conformance
