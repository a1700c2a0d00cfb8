// PublishedBoard: how many messages each publisher has begun to send, for all shards to see.
//
// Whoever joins a room while it is published to looks here at that moment: what is published from
// then on is owed to it. A publisher writes its count before the message can leave, so that a
// message that was not counted yet was not sent yet either. Only groups that churn are on the
// board. Threads: any; one writer per count. In memory that the processes of a run share, if there
// are several: made before they are. Bound: 8 bytes per publisher, mapped once.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "loadgen/client_groups.h"

namespace loadgen {

class PublishedBoard {
 public:
  static base::Result<std::unique_ptr<PublishedBoard>> open(std::span<const ClientGroup> groups);
  ~PublishedBoard();
  PublishedBoard(const PublishedBoard&) = delete;
  PublishedBoard& operator=(const PublishedBoard&) = delete;

  // Of the publisher `publisher` in the group's room `room`, counted from the group's first.
  std::atomic<std::uint64_t>& count(std::size_t group, std::uint32_t room,
                                    std::uint32_t publisher) noexcept;

 private:
  struct Part {
    std::size_t first = 0;
    std::uint32_t publishers = 0;  // Of each room; 0: the group is not on the board.
  };

  PublishedBoard() = default;

  std::vector<Part> parts_;  // By group.
  std::size_t size_ = 0;
  std::atomic<std::uint64_t>* counts_ = nullptr;
};

}  // namespace loadgen
