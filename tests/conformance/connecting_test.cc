// What both drivers promise about connecting.

#include "tests/conformance/party.h"

namespace conformance {
namespace {

using engine::submit_close;
using engine::submit_connect;

class Connecting : public Pair {};

TEST_F(Connecting, SuccessNamesTheDescriptorAndTheToken) {
  connect(0xABCDEF);
  const auto completion = client_.await(OperationKind::connect);
  ASSERT_TRUE(completion.has_value());
  EXPECT_GE(completion->result, 0);
  EXPECT_EQ(completion->tag.slot, static_cast<Descriptor>(completion->result));
  EXPECT_EQ(completion->tag.generation, 0xABCDEFU);
  EXPECT_FALSE(completion->more);
  EXPECT_FALSE(completion->has_buffer);
}

TEST_F(Connecting, ManyAtOnceGetDescriptorsOfTheirOwn) {
  std::vector<bool> taken(16, false);
  std::vector<bool> told(16, false);
  for (std::uint32_t token = 0; token < 16; ++token) connect(token);
  for (std::uint32_t i = 0; i < 16; ++i) {
    const auto completion = client_.await(OperationKind::connect);
    ASSERT_TRUE(completion.has_value());
    ASSERT_EQ(outcome(*completion), Outcome::success);
    const auto descriptor = static_cast<std::size_t>(completion->result);
    EXPECT_FALSE(taken.at(descriptor));
    taken.at(descriptor) = true;
    EXPECT_FALSE(told.at(completion->tag.generation));
    told.at(completion->tag.generation) = true;
  }
}

TEST_F(Connecting, MoreThanTheDriverMakesAtOnceAreRefusedOnlyByStage) {
  DriverOptions options = small(2);
  options.descriptors = 2;
  Party narrow(options);
  narrow.start();
  std::uint32_t asked = 0;
  std::uint32_t full = 0;
  while (asked < 3000) {
    if (!narrow.driver().stage(submit_connect(listening_.bound, asked & 0xFFFU))) {
      narrow.turn(base::Instant{});
      continue;
    }
    ++asked;
  }
  for (std::uint32_t i = 0; i < asked; ++i) {
    const auto completion = narrow.await(OperationKind::connect);
    ASSERT_TRUE(completion.has_value());
    full += outcome(*completion) == Outcome::descriptors_full ? 1U : 0U;
  }
  EXPECT_EQ(full, asked - 2);
}

TEST_F(Connecting, NobodyListensIsARefusal) {
  // A port that was free a moment ago: the listener's own, after it stopped.
  server_.settle();
  server_.driver().stop_listening(listening_.listener);
  server_.settle();
  connect(7);
  const auto completion = client_.await(OperationKind::connect);
  ASSERT_TRUE(completion.has_value());
  EXPECT_EQ(outcome(*completion), Outcome::connection_refused);
  EXPECT_EQ(completion->tag.generation, 7U);
}

TEST_F(Connecting, ARefusalGivesItsDescriptorUp) {
  server_.settle();
  server_.driver().stop_listening(listening_.listener);
  server_.settle();
  for (int i = 0; i < 40; ++i) {  // More than the table has places.
    connect();
    const auto completion = client_.await(OperationKind::connect);
    ASSERT_TRUE(completion.has_value());
    EXPECT_EQ(outcome(*completion), Outcome::connection_refused) << i;
  }
}

TEST_F(Connecting, AFullTableSaysDescriptorsFullAndRecovers) {
  std::vector<Descriptor> descriptors;
  for (int i = 0; i < 16; ++i) descriptors.push_back(connected().client);
  connect(9);
  const auto full = client_.await(OperationKind::connect);
  ASSERT_TRUE(full.has_value());
  EXPECT_EQ(outcome(*full), Outcome::descriptors_full);
  EXPECT_EQ(full->tag.generation, 9U);

  client_.stage(submit_close(descriptors[3], 0));
  client_.settle();
  server_.stage(submit_close(0, 0));
  server_.settle();
  connect(10);
  const auto again = client_.await(OperationKind::connect);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(outcome(*again), Outcome::success);
  EXPECT_EQ(again->tag.slot, descriptors[3]);
}

}  // namespace
}  // namespace conformance
