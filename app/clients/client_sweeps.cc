#include "app/clients/client_sweeps.h"

#include <algorithm>
#include <utility>

#include "app/gateway_limits.h"
#include "base/check.h"

namespace app {

void ClientSweeps::begin(ClientSweep sweep) {
  CHECK(sweep.visit != nullptr);
  sweeps_.push_back({.sweep = std::move(sweep), .last_arrival = clients_.last_arrival()});
}

bool ClientSweeps::run() {
  std::uint32_t left = kSweepCostPerTurn;
  while (left > 0 && !sweeps_.empty()) {
    // Held here: a visit may begin another sweep.
    UnderWay one = std::move(sweeps_.front());
    sweeps_.pop_front();
    bool ended = false;
    left -= std::min(left, go(one, std::min(left, kSweepCostPerGo), ended));
    if (!ended) {
      sweeps_.push_back(std::move(one));
    } else if (one.sweep.done != nullptr) {
      one.sweep.done();
    }
  }
  return !sweeps_.empty();
}

std::uint32_t ClientSweeps::go(UnderWay& one, std::uint32_t budget, bool& ended) {
  std::uint32_t cost = 0;
  while (cost < budget && !at_end(one)) {
    const ClientHandle handle = next_of(one);
    Client* client = clients_.find(handle);
    const bool meant = client != nullptr && client->state == ClientState::present &&
                       client->arrival <= one.last_arrival;
    cost += meant ? std::max(one.sweep.visit(handle, *client), std::uint32_t{1}) : 1;
  }
  ended = at_end(one);
  return std::max(cost, std::uint32_t{1});
}

ClientHandle ClientSweeps::next_of(UnderWay& one) const {
  const std::uint32_t place = one.next++;
  return one.sweep.only ? (*one.sweep.only)[place] : clients_.handle_at(place);
}

bool ClientSweeps::at_end(const UnderWay& one) const noexcept {
  return one.next >= (one.sweep.only ? one.sweep.only->size() : clients_.touched());
}

}  // namespace app
