// OwedAnswers: what a shard owes to those who sent something and want to know what became of it.
//
// A ticket goes with the message to the engine or to UserRoutes, and comes back with the answer,
// also when the client has left: then nobody is told. Threads: the shard's own. Bound:
// kAcksAwaitedMost; beyond it there is no ticket, and the sender is told at once that nothing is
// known.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "app/clients/clients.h"
#include "app/gateway_limits.h"
#include "base/slot_map.h"
#include "engine/room/publish_answer.h"

namespace app {

// A client's: what its answer is called, and what it repeats.
struct OwedAck {
  ClientHandle client{};
  std::string_view event{};      // Of the answer; a constant.
  std::string request_id_raw{};  // As JSON.
  std::string head{};            // Members of the answer's data, each with a comma behind it:
  std::size_t id_bytes = 0;      // so much of it is the message's id, which a retry did not get.
  base::Handle receipts{};       // Of the message, where they are counted.
};

class OwedAnswers {
 public:
  using Answer = engine::PublishAnswer;

  // 0 when too many are owed.
  std::uint64_t owe(OwedAck ack) { return insert({.ack = std::move(ack)}); }
  std::uint64_t owe(std::function<void(const Answer&)> tell) {
    return insert({.tell = std::move(tell)});
  }

  // Ends what the ticket stands for: calls to_client(ack) if it is a client's, else the function.
  template <typename ToClient>
  void settle(std::uint64_t ticket, const Answer& answer, ToClient&& to_client) {
    const base::Handle handle{.index = static_cast<std::uint32_t>(ticket),
                              .generation = static_cast<std::uint32_t>(ticket >> 32U)};
    Owed* found = owed_.find(handle);
    if (found == nullptr) return;
    const Owed owed = std::move(*found);
    owed_.erase(handle);
    if (owed.tell) {
      owed.tell(answer);
    } else {
      to_client(owed.ack);
    }
  }
  std::uint32_t size() const noexcept { return owed_.size(); }
  bool full() const noexcept { return owed_.full(); }

 private:
  struct Owed {
    OwedAck ack{};
    std::function<void(const Answer&)> tell{};
  };

  std::uint64_t insert(Owed owed) {
    const base::Handle handle = owed_.try_insert(std::move(owed));
    return handle ? std::uint64_t{handle.generation} << 32U | handle.index : 0;
  }

  base::SlotMap<Owed> owed_{kAcksAwaitedMost};
};

}  // namespace app
