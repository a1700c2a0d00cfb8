#include "loadgen/published_board.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>

namespace loadgen {
namespace {

std::vector<ClientGroup> groups() {
  std::vector<ClientGroup> groups(3);
  groups[0] = {.name = {}, .clients = 6, .rooms = 3, .members = 2, .publishers = 2, .churns = true};
  groups[1] = {.name = {}, .clients = 9, .rooms = 9, .members = 1, .publishers = 1};
  groups[2] = {.name = {}, .clients = 8, .rooms = 2, .members = 4, .publishers = 1, .churns = true};
  return groups;
}

TEST(PublishedBoard, HasACountForEachPublisherOfTheGroupsThatChurn) {
  const auto plan = groups();
  const auto board = PublishedBoard::open(plan).take();
  std::set<void*> counts;
  for (const std::size_t group : {0U, 2U}) {
    for (std::uint32_t room = 0; room < plan[group].rooms; ++room) {
      for (std::uint32_t publisher = 0; publisher < plan[group].publishers; ++publisher) {
        auto& count = board->count(group, room, publisher);
        EXPECT_EQ(count.load(), 0);
        counts.insert(&count);
      }
    }
  }
  EXPECT_EQ(counts.size(), 3 * 2 + 2 * 1);
  EXPECT_DEATH(board->count(1, 0, 0), "");  // It does not churn.
}

TEST(PublishedBoard, IsOneForAllProcesses) {
  const auto board = PublishedBoard::open(groups()).take();
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    board->count(2, 1, 0).store(42);
    _exit(0);
  }
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_EQ(board->count(2, 1, 0).load(), 42);
}

}  // namespace
}  // namespace loadgen
