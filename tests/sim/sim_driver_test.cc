// What the simulated driver does beyond the conformance suite: faults, contracts, determinism.
#include "tests/sim/sim_driver.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "engine/io/outcome.h"

namespace sim {
namespace {

using engine::Completion;
using engine::OperationKind;
using engine::Outcome;
using engine::SimDriver;

constexpr base::Duration kPatience = std::chrono::seconds{5};

// A driver that is connected to itself: descriptor 0 is the client's end, 1 the server's.
class SimDriverTest : public testing::Test {
 protected:
  SimDriverTest() {
    engine::DriverOptions options;
    options.descriptors = 8;
    options.receive_buffers = 4;
    options.receive_buffer_bytes = 64;
    driver_ = SimDriver::open(options).take();
    const std::array<SimDriver*, 1> all{driver_.get()};
    driver_->meet(all);
    listening_ = driver_->listen(engine::Address::parse("127.0.0.1:0").take()).take();
    EXPECT_TRUE(driver_->start().ok());
  }

  void stage(const engine::Submission& submission) { ASSERT_TRUE(driver_->stage(submission)); }
  void connect() {
    stage(engine::submit_accept(0));
    stage(engine::submit_connect(listening_.bound, 1));
    ASSERT_TRUE(await(OperationKind::connect).has_value());
    ASSERT_TRUE(await(OperationKind::accept).has_value());
  }
  std::optional<Completion> await(OperationKind kind) {
    const base::Instant until = network_.now() + kPatience;
    while (network_.now() < until) {
      for (auto it = seen_.begin(); it != seen_.end(); ++it) {
        if (it->tag.kind != kind) continue;
        const Completion completion = *it;
        seen_.erase(it);
        return completion;
      }
      std::array<Completion, 8> out;
      const std::uint32_t count = driver_->turn(out, until);
      seen_.insert(seen_.end(), out.begin(), out.begin() + count);
    }
    return std::nullopt;
  }
  void send(std::string_view text) { stage(engine::submit_send(0, 1, base::as_bytes(text))); }

  Network network_{11};
  AdvancingWaiter waiter_{network_};
  std::unique_ptr<SimDriver> driver_;
  engine::Listening listening_;
  std::vector<Completion> seen_;
};

TEST_F(SimDriverTest, WithoutAWaiterATurnNeverWaits) {
  network_.set_waiter(nullptr);
  const base::Instant before = network_.now();
  std::array<Completion, 1> out;
  EXPECT_EQ(driver_->turn(out, base::kForever), 0U);
  EXPECT_EQ(network_.now(), before);
}

TEST_F(SimDriverTest, ASplitReceiveYieldsTheSameBytesInMorePieces) {
  connect();
  network_.faults().set(Fault::receive_split, 1);
  const std::string text = "every byte of this in its order";
  stage(engine::submit_receive(1, 1));
  send(text);
  std::string received;
  int pieces = 0;
  while (received.size() < text.size()) {
    const auto completion = await(OperationKind::receive);
    ASSERT_TRUE(completion.has_value());
    if (completion->has_buffer) {
      received += base::as_text(completion->received());
      driver_->give_back(completion->buffer);
      ++pieces;
    }
    if (!completion->more) stage(engine::submit_receive(1, 1));
  }
  EXPECT_EQ(received, text);
  EXPECT_GT(pieces, 1);
  EXPECT_GT(network_.faults().fired(Fault::receive_split), 0U);
}

TEST_F(SimDriverTest, AMultishotReceiveEndsWithoutMore) {
  connect();
  network_.faults().set(Fault::receive_ends, 1);
  stage(engine::submit_receive(1, 1));
  send("x");
  const auto completion = await(OperationKind::receive);
  ASSERT_TRUE(completion.has_value());
  EXPECT_FALSE(completion->more);
  EXPECT_EQ(completion->result, 1);
  driver_->give_back(completion->buffer);
}

TEST_F(SimDriverTest, AShortSendSaysHowMuchWentOut) {
  connect();
  network_.faults().set(Fault::send_short, 1);
  send("some of this");
  const auto completion = await(OperationKind::send);
  ASSERT_TRUE(completion.has_value());
  EXPECT_GT(completion->result, 0);
  EXPECT_LT(completion->result, 12);
}

TEST_F(SimDriverTest, AResetReachesBothEnds) {
  connect();
  network_.faults().set(Fault::connection_reset, 1);
  stage(engine::submit_receive(0, 1));
  stage(engine::submit_receive(1, 1));
  send("doomed");
  for (int side = 0; side < 2; ++side) {
    const auto completion = await(OperationKind::receive);
    ASSERT_TRUE(completion.has_value());
    const Outcome outcome = engine::outcome_of(completion->result);
    EXPECT_TRUE(outcome == Outcome::connection_reset || outcome == Outcome::timed_out);
  }
  EXPECT_TRUE(network_.socket(driver_->socket_of(0)).faulted);
  EXPECT_TRUE(network_.socket(driver_->socket_of(1)).faulted);
}

TEST_F(SimDriverTest, AHalfCloseIsAnEndWithoutAFault) {
  connect();
  network_.faults().set(Fault::half_close, 1);
  stage(engine::submit_receive(1, 1));
  send("the last");
  const auto bytes = await(OperationKind::receive);
  const auto end = await(OperationKind::receive);
  ASSERT_TRUE(bytes.has_value() && end.has_value());
  EXPECT_EQ(base::as_text(bytes->received()), "the last");
  EXPECT_EQ(end->result, 0);
  driver_->give_back(bytes->buffer);
}

TEST_F(SimDriverTest, AStallDelaysAndLosesNothing) {
  connect();
  stage(engine::submit_receive(1, 1));
  network_.stall(driver_->socket_of(1), std::chrono::seconds{2});
  const base::Instant before = network_.now();
  send("patience");
  const auto completion = await(OperationKind::receive);
  ASSERT_TRUE(completion.has_value());
  EXPECT_GE(network_.now(), before + std::chrono::seconds{2});
  EXPECT_EQ(base::as_text(completion->received()), "patience");
  driver_->give_back(completion->buffer);
}

TEST_F(SimDriverTest, CalmingEndsAStall) {
  connect();
  stage(engine::submit_receive(1, 1));
  network_.stall(driver_->socket_of(1), std::chrono::hours{2});
  send("patience");
  ASSERT_TRUE(await(OperationKind::send).has_value());
  network_.calm();
  const auto completion = await(OperationKind::receive);
  ASSERT_TRUE(completion.has_value());
  driver_->give_back(completion->buffer);
}

TEST_F(SimDriverTest, ARacedCancelSaysThatItFoundNothing) {
  connect();
  network_.faults().set(Fault::cancel_races, 1);
  stage(engine::submit_receive(1, 1));
  stage(engine::submit_cancel(1, 1));
  const auto cancel = await(OperationKind::cancel);
  ASSERT_TRUE(cancel.has_value());
  EXPECT_EQ(engine::outcome_of(cancel->result), Outcome::not_found);
  ASSERT_TRUE(await(OperationKind::receive).has_value());
}

TEST_F(SimDriverTest, ARefusedStageIsTakenAfterATurn) {
  network_.faults().set(Fault::stage_refused, 1);
  EXPECT_FALSE(driver_->stage(engine::submit_accept(0)));
  network_.faults().set(Fault::stage_refused, 0);
  EXPECT_FALSE(driver_->stage(engine::submit_accept(0)));  // Still the same turn.
  std::array<Completion, 1> out;
  driver_->turn(out, base::Instant{});
  EXPECT_TRUE(driver_->stage(engine::submit_accept(0)));
}

TEST_F(SimDriverTest, ARingThatFailsSaysSo) {
  network_.faults().set(Fault::ring_fails, 1);
  stage(engine::submit_ring(0));
  const auto ring = await(OperationKind::ring);
  ASSERT_TRUE(ring.has_value());
  EXPECT_LT(ring->result, 0);
}

TEST_F(SimDriverTest, AcceptsFailAsTheKernelsDo) {
  for (const auto& [fault, outcome] :
       {std::pair{Fault::accept_full, Outcome::descriptors_full},
        std::pair{Fault::accept_aborted, Outcome::aborted_in_backlog}}) {
    network_.faults().set(fault, 1);
    stage(engine::submit_accept(0));
    stage(engine::submit_connect(listening_.bound, 1));
    const auto accept = await(OperationKind::accept);
    ASSERT_TRUE(accept.has_value());
    EXPECT_EQ(engine::outcome_of(accept->result), outcome);
    EXPECT_FALSE(accept->more);
    network_.faults().set(fault, 0);
  }
}

using SimDriverDeathTest = SimDriverTest;

TEST_F(SimDriverDeathTest, TwoSendsAtOnceBreakTheContract) {
  connect();
  network_.set_window(1);
  send("first");
  send("second");
  std::array<Completion, 1> out;
  EXPECT_DEATH(driver_->turn(out, base::Instant{}), "sending");
}

TEST_F(SimDriverDeathTest, ClosingWithSomethingInFlightBreaksTheContract) {
  connect();
  stage(engine::submit_receive(1, 1));
  stage(engine::submit_close(1, 1));
  std::array<Completion, 1> out;
  EXPECT_DEATH(driver_->turn(out, base::Instant{}), "in_flight == 0");
}

TEST_F(SimDriverDeathTest, ChangingAPayloadBeforeItsCompletionBreaksTheContract) {
  connect();
  std::string text = "immutable";
  network_.faults().set(Fault::send_late, 1);
  send(text);
  std::array<Completion, 1> out;
  driver_->turn(out, base::Instant{});
  text[0] = 'I';
  EXPECT_DEATH(await(OperationKind::send), "send_hash");
}

TEST_F(SimDriverDeathTest, ABufferIsGivenBackOnce) {
  connect();
  stage(engine::submit_receive(1, 1));
  send("lent");
  const auto completion = await(OperationKind::receive);
  ASSERT_TRUE(completion.has_value());
  driver_->give_back(completion->buffer);
  EXPECT_DEATH(driver_->give_back(completion->buffer), "on_loan");
}

}  // namespace
}  // namespace sim
