// ClientSweeps: what is done to many clients of a shard, some a turn, so that no turn is long.
//
// A sweep is over everybody who was present when it began, or over a list. It visits each at most
// once; who comes later, has left, or is leaving is passed over. Several are under way at a time
// and take turns. Threads: the shard's own. Bounds: kSweepCostPerTurn a turn, as visits say what
// they cost; kSweepsMost sweeps, which whoever begins them keeps (app/admin/bulk_changes.h),
// besides the shard's own after a reload and those of the server API's listings: each of its
// threads begins one at a time, and waits for it at most kControlTimeout. When the shard ends,
// sweeps are dropped, and `done` with them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "app/clients/clients.h"

namespace app {

struct ClientSweep {
  // Nothing: everybody.
  std::optional<std::vector<ClientHandle>> only{};
  // Returns what it cost; a mere look is 1. It may remove clients, and begin sweeps.
  std::function<std::uint32_t(ClientHandle, Client&)> visit{};
  std::function<void()> done{};  // May be empty.
};

class ClientSweeps {
 public:
  explicit ClientSweeps(Clients& clients) : clients_(clients) {}

  void begin(ClientSweep sweep);
  // A turn's share. True when there is more.
  bool run();
  std::size_t under_way() const noexcept { return sweeps_.size(); }

 private:
  struct UnderWay {
    ClientSweep sweep;
    std::uint64_t last_arrival;  // Of everybody who was present.
    std::uint32_t next = 0;      // A place in the table, or in the list.
  };

  // Returns what it cost, at least 1; `ended` says that it was the last go.
  std::uint32_t go(UnderWay& one, std::uint32_t budget, bool& ended);
  ClientHandle next_of(UnderWay& one) const;
  bool at_end(const UnderWay& one) const noexcept;

  Clients& clients_;
  std::deque<UnderWay> sweeps_;  // The one whose go is next first.
};

}  // namespace app
