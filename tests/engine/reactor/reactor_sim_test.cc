#include "engine/reactor/reactor.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/sim/network.h"

namespace engine {
namespace {

using std::chrono::milliseconds;

// Notes each step by a letter, and has work left where the test says so.
class NotedSteps final : public TurnSteps {
 public:
  void dispatch(std::span<const Completion> completions) override {
    notes += 'd';
    for (const Completion& completion : completions) kinds.push_back(completion.tag.kind);
    if (on_dispatch) on_dispatch();
  }
  StepResult drain_mailboxes() override { return note('m'); }
  StepResult expire_timers(base::Instant now) override {
    expired_at = now;
    return note('t');
  }
  StepResult deliver() override { return note('r'); }
  StepResult fan_out() override { return note('f'); }
  StepResult flush() override { return note('s'); }
  base::Instant next_deadline() const override { return deadline; }
  bool prepare_to_sleep() override {
    notes += may_sleep ? 'z' : 'n';
    return may_sleep;
  }
  void woke_up() override { notes += 'w'; }

  std::string notes;
  std::vector<OperationKind> kinds;
  base::Instant deadline = base::kForever;
  base::Instant expired_at{};
  char with_work_left = 0;
  bool may_sleep = true;
  std::function<void()> on_dispatch;

 private:
  StepResult note(char letter) {
    notes += letter;
    return letter == with_work_left ? StepResult::more : StepResult::done;
  }
};

class ReactorTest : public testing::Test {
 protected:
  ReactorTest() {
    const std::array<ActiveDriver*, 1> all{driver_.get()};
    driver_->meet(all);
    EXPECT_TRUE(driver_->start().ok());
  }

  static DriverOptions small() {
    DriverOptions options;
    options.descriptors = 4;
    return options;
  }
  // What a turn noted.
  std::string turn(base::Instant latest = base::kForever) {
    steps_.notes.clear();
    reactor_.turn(steps_, latest);
    return steps_.notes;
  }

  sim::Network network_{1};
  sim::AdvancingWaiter waiter_{network_};
  std::unique_ptr<ActiveDriver> driver_ = ActiveDriver::open(small()).take();
  Reactor reactor_{*driver_};
  NotedSteps steps_;
};

TEST_F(ReactorTest, TheFirstTurnDoesNotWait) {
  const base::Instant before = network_.now();
  EXPECT_EQ(turn(), "dmtrfs");
  EXPECT_EQ(network_.now(), before);
  EXPECT_EQ(reactor_.counters().waits.value(), 0U);
}

TEST_F(ReactorTest, StepsRunInTheirOrderAndTheTurnWaitsForTheDeadline) {
  turn();
  steps_.deadline = network_.now() + milliseconds{70};
  EXPECT_EQ(turn(), "zwdmtrfs");
  EXPECT_EQ(network_.now(), steps_.deadline);
  EXPECT_EQ(steps_.expired_at, steps_.deadline);
  EXPECT_EQ(reactor_.now(), steps_.deadline);
  EXPECT_EQ(reactor_.counters().turns.value(), 2U);
  EXPECT_EQ(reactor_.counters().waits.value(), 1U);
}

TEST_F(ReactorTest, TheCallersLatestComesFirst) {
  turn();
  steps_.deadline = network_.now() + milliseconds{70};
  const base::Instant latest = network_.now() + milliseconds{20};
  turn(latest);
  EXPECT_EQ(network_.now(), latest);
}

TEST_F(ReactorTest, WorkLeftInAnyStepKeepsTheNextTurnAwake) {
  turn();
  for (const char step : std::string("mtrfs")) {
    steps_.with_work_left = step;
    turn(network_.now());
    const base::Instant before = network_.now();
    EXPECT_EQ(turn(), "dmtrfs") << step;
    EXPECT_EQ(network_.now(), before) << step;
    steps_.with_work_left = 0;
    turn();
  }
}

TEST_F(ReactorTest, AMessageThatCameMeanwhileKeepsItAwake) {
  turn();
  steps_.may_sleep = false;
  const base::Instant before = network_.now();
  EXPECT_EQ(turn(), "ndmtrfs");
  EXPECT_EQ(network_.now(), before);
}

TEST_F(ReactorTest, DispatchesWhatCompleted) {
  turn();
  driver_->wake_from_outside();
  turn();
  EXPECT_EQ(steps_.kinds, std::vector{OperationKind::wake});
  EXPECT_EQ(reactor_.counters().completions.value(), 1U);
}

TEST_F(ReactorTest, RefusedSubmissionsWaitInOrderAndGoFirst) {
  turn();
  network_.faults().set(sim::Fault::stage_refused, 1);
  for (std::uint32_t descriptor = 0; descriptor < 3; ++descriptor) {
    reactor_.submit(submit_close(descriptor, descriptor));
  }
  EXPECT_EQ(reactor_.counters().submissions_deferred.value(), 3U);
  EXPECT_FALSE(reactor_.try_submit(submit_close(3, 3)));
  network_.faults().set(sim::Fault::stage_refused, 0);
  EXPECT_FALSE(reactor_.try_submit(submit_close(3, 3)));  // Those who wait go first.
  EXPECT_EQ(turn(), "dmtrfs");  // It does not wait while some are deferred.
  turn();                       // The driver refused until the turn before; now it takes them.
  EXPECT_TRUE(reactor_.try_submit(submit_close(3, 3)));
  for (int i = 0; i < 10; ++i) turn(network_.now() + milliseconds{10});
  EXPECT_EQ(steps_.kinds, std::vector(4, OperationKind::close));
}

TEST_F(ReactorTest, ManyDeferredSubmissionsAllGoOut) {
  turn();
  network_.faults().set(sim::Fault::stage_refused, 0.5);
  for (std::uint32_t i = 0; i < 200; ++i) reactor_.submit(submit_close(i % 4, i));
  for (int i = 0; i < 2000 && steps_.kinds.size() < 200; ++i) turn();
  EXPECT_EQ(steps_.kinds.size(), 200U);
}

TEST_F(ReactorTest, RandomNumbersAreTheDrivers) {
  const auto twin = ActiveDriver::open(small()).take();
  EXPECT_EQ(reactor_.random(), twin->random());
}

using ReactorDeathTest = ReactorTest;

TEST_F(ReactorDeathTest, ATurnWithinATurnIsOurMistake) {
  steps_.on_dispatch = [this] { reactor_.turn(steps_, base::kForever); };
  EXPECT_DEATH(reactor_.turn(steps_, base::kForever), "in_turn_");
}

}  // namespace
}  // namespace engine
