#include "loadgen/shared_run.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace loadgen {
namespace {

std::vector<ClientGroup> groups() {
  return {{.name = {}, .clients = 6, .rooms = 3, .members = 2, .publishers = 2},
          {.name = {}, .clients = 5, .rooms = 5, .members = 1, .publishers = 1}};
}

TEST(SharedRun, KnowsWhenAllHaveReachedAPhase) {
  const auto run = SharedRun::open(groups(), 3).take();
  EXPECT_TRUE(run->all_reached(RunPhase::connecting));
  run->reach(0, RunPhase::drained);
  run->reach(2, RunPhase::connected);
  EXPECT_FALSE(run->all_reached(RunPhase::connected));
  run->reach(1, RunPhase::connected);
  EXPECT_TRUE(run->all_reached(RunPhase::connected));
  EXPECT_FALSE(run->all_reached(RunPhase::drained));
  EXPECT_EQ(run->start(), base::kForever);
  EXPECT_FALSE(run->given_up());
  run->give_up();
  EXPECT_TRUE(run->given_up());
}

TEST(SharedRun, AddsUpWhatProcessesTell) {
  const auto run = SharedRun::open(groups(), 2).take();
  run->tell(0, RunTotals{.opened = 1, .sent = 10, .awaited = 5});
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    run->tell(1, RunTotals{.opened = 2, .failed = 3, .sent = 20});
    _exit(0);
  }
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_EQ(run->totals().opened, 3);
  EXPECT_EQ(run->totals().failed, 3);
  EXPECT_EQ(run->totals().sent, 30);
  EXPECT_EQ(run->totals().awaited, 5);
}

TEST(SharedRun, AddsUpLedgersAndVotesOnTheOrderOfEachRoom) {
  const auto plan = groups();
  const auto run = SharedRun::open(plan, 3).take();
  for (std::uint32_t process = 0; process < 3; ++process) {
    Ledger ledger(plan);
    ledger.groups[0].sent_by(2, process % 2) = 7 + process;
    ledger.groups[1].sent_by(process, 0) = 100;
    // Two processes agree; the odd one has more members than either, but fewer than both.
    ledger.groups[0].orders[1].vote(process == 1 ? 666 : 42, process == 1 ? 3 : 2);
    run->tell(process, ledger);
  }
  const Ledger all = run->ledger(plan);
  EXPECT_EQ(all.groups[0].sent_by(2, 0), 7 + 9);
  EXPECT_EQ(all.groups[0].sent_by(2, 1), 8);
  EXPECT_EQ(all.groups[0].sent_by(1, 0), 0);
  EXPECT_EQ(all.groups[1].sent_by(2, 0), 100);
  EXPECT_EQ(all.groups[0].orders[1].hash, 42);
}

}  // namespace
}  // namespace loadgen
