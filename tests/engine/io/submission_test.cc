#include "engine/io/submission.h"

#include <gtest/gtest.h>

#include <array>

namespace engine {
namespace {

TEST(Submission, NamesWhatItIsAbout) {
  EXPECT_EQ(submit_accept(3).tag, (Tag{OperationKind::accept, 3, 0}));
  EXPECT_EQ(submit_receive(4, 5).tag, (Tag{OperationKind::receive, 4, 5}));
  EXPECT_EQ(submit_cancel(4, 5).tag, (Tag{OperationKind::cancel, 4, 5}));
  EXPECT_EQ(submit_close(4, 5).tag, (Tag{OperationKind::close, 4, 5}));
  EXPECT_EQ(submit_ring(6).tag, (Tag{OperationKind::ring, 6, 0}));
  EXPECT_EQ(submit_receive(4, 5).descriptor, 4U);
  EXPECT_EQ(submit_cancel(4, 5).descriptor, 4U);
  EXPECT_EQ(submit_close(4, 5).descriptor, 4U);
}

TEST(Submission, AnAcceptOfOneCarriesItsNumberAndWhereToSayWhoCame) {
  PeerName peer;
  const Submission submission = submit_accept_once(3, 4, &peer);
  EXPECT_EQ(submission.tag, (Tag{OperationKind::accept, 3, 4}));
  EXPECT_TRUE(submission.once);
  EXPECT_EQ(submission.peer, &peer);
  EXPECT_EQ(submit_accept_once(3).peer, nullptr);
}

TEST(Submission, AConnectCarriesItsAddressAndToken) {
  const Address address = Address::parse("127.0.0.1:1").take();
  const Submission submission = submit_connect(address, 0x123456);
  EXPECT_EQ(submission.tag, (Tag{OperationKind::connect, 0, 0x123456}));
  EXPECT_EQ(submission.address, &address);
}

TEST(Submission, ASendIsOnePieceOrSeveral) {
  const std::array<std::byte, 5> bytes{};
  const Submission one = submit_send(7, 8, std::span<const std::byte>(bytes));
  EXPECT_EQ(one.tag, (Tag{OperationKind::send, 7, 8}));
  EXPECT_EQ(one.data, bytes.data());
  EXPECT_EQ(one.size, 5U);
  EXPECT_EQ(one.segments, nullptr);
  const std::array<iovec, 3> segments{};
  const Submission several = submit_send(7, 8, std::span<const iovec>(segments));
  EXPECT_EQ(several.tag, one.tag);
  EXPECT_EQ(several.segments, segments.data());
  EXPECT_EQ(several.size, 3U);
}

}  // namespace
}  // namespace engine
