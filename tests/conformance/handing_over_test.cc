// What both drivers promise about giving a connection to another shard.

#include "tests/conformance/party.h"

namespace conformance {
namespace {

using engine::submit_close;
using engine::submit_hand_over;
using engine::submit_receive_once;
using engine::submit_send;

constexpr std::uint32_t kClientShard = 1;
constexpr std::uint32_t kTicket = 77;

// The server hands its end over to the client's shard, which then holds both ends.
class HandingOver : public Pair {
 protected:
  Descriptor hand_over(const Ends& ends) {
    server_.stage(submit_hand_over(ends.server, 5, kClientShard, kTicket));
    const std::optional<Completion> arrival = arrived();
    EXPECT_GE(arrival->result, 0);
    return static_cast<Descriptor>(arrival->result);
  }
  // Both turn, because the kernel may need either of them for it.
  std::optional<Completion> arrived() {
    server_.turn(base::Instant{});
    const auto arrival = client_.await(OperationKind::arrival);
    const auto done = server_.await(OperationKind::hand_over);
    EXPECT_GE(done->result, 0);
    EXPECT_EQ(done->tag, (engine::Tag{OperationKind::hand_over, done->tag.slot, 5}));
    return arrival;
  }
};

TEST_F(HandingOver, ItArrivesUnderItsTicket) {
  const Ends ends = connected();
  server_.stage(submit_hand_over(ends.server, 5, kClientShard, kTicket));
  const auto arrival = arrived();
  ASSERT_TRUE(arrival.has_value());
  EXPECT_EQ(arrival->tag, (engine::Tag{OperationKind::arrival, kTicket, 0}));
  EXPECT_NE(static_cast<Descriptor>(arrival->result), ends.client);
}

TEST_F(HandingOver, TheConnectionOutlivesTheDescriptorThatWasHandedOver) {
  const Ends ends = connected();
  client_.stage(submit_send(ends.client, 1, bytes("early")));
  client_.await(OperationKind::send);
  const Descriptor here = hand_over(ends);
  server_.stage(submit_close(ends.server, 5));
  server_.settle();
  client_.stage(submit_receive_once(here, 9));
  EXPECT_EQ(client_.receive(5), "early");
  client_.stage(submit_send(here, 9, bytes("answer")));
  client_.await(OperationKind::send);
  client_.stage(submit_receive_once(ends.client, 1));
  EXPECT_EQ(client_.receive(6), "answer");
}

TEST_F(HandingOver, ClosingWhereItArrivedEndsIt) {
  const Ends ends = connected();
  const Descriptor here = hand_over(ends);
  server_.stage(submit_close(ends.server, 5));
  server_.settle();
  client_.stage(submit_close(here, 9));
  client_.settle();
  client_.stage(submit_receive_once(ends.client, 1));
  const auto end = client_.await(OperationKind::receive);
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->result, 0);
}

TEST_F(HandingOver, AFullTableRefusesAndTheConnectionStays) {
  std::vector<Ends> all;
  while (all.size() < 9) all.push_back(connected());
  for (std::size_t i = 0; i < 7; ++i) hand_over(all[i]);  // The client's table of 16 is full.
  const auto more = [&] {
    server_.stage(submit_hand_over(all[7].server, 6, kClientShard, kTicket));
    server_.turn(base::Instant{});
    client_.settle();
    return server_.await(OperationKind::hand_over);
  }();
  ASSERT_TRUE(more.has_value());
  EXPECT_LT(more->result, 0);
  EXPECT_EQ(client_.pending(OperationKind::arrival), 0U);
}

}  // namespace
}  // namespace conformance
