#include "loadgen/published_board.h"

#include <sys/mman.h>

#include <string>

#include "base/check.h"

namespace loadgen {

using Count = std::atomic<std::uint64_t>;

static_assert(Count::is_always_lock_free, "processes share them");

base::Result<std::unique_ptr<PublishedBoard>> PublishedBoard::open(
    std::span<const ClientGroup> groups) {
  std::unique_ptr<PublishedBoard> board(new PublishedBoard);
  for (const ClientGroup& group : groups) {
    board->parts_.push_back(
        {.first = board->size_, .publishers = group.churns ? group.publishers : 0});
    board->size_ += std::size_t{group.rooms} * board->parts_.back().publishers;
  }
  if (board->size_ == 0) return board;
  // Zeroed, which is what a count of nothing is.
  void* memory = mmap(nullptr, board->size_ * sizeof(Count), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    return base::Error{"no memory for the counts of " + std::to_string(board->size_) +
                       " publishers"};
  }
  board->counts_ = static_cast<Count*>(memory);
  return board;
}

PublishedBoard::~PublishedBoard() {
  if (counts_ != nullptr) munmap(counts_, size_ * sizeof(Count));
}

Count& PublishedBoard::count(std::size_t group, std::uint32_t room,
                             std::uint32_t publisher) noexcept {
  const Part& part = parts_[group];
  CHECK(publisher < part.publishers);
  const std::size_t at = part.first + std::size_t{room} * part.publishers + publisher;
  CHECK(at < size_);
  return counts_[at];
}

}  // namespace loadgen
