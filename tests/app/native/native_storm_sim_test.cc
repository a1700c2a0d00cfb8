// Everything at once, in a world with troubles: clients of three tenants come, say anything, and go
// or are torn away, while the Authenticator is quick, late or silent. Nobody hears of another
// tenant, no request has two answers, and in the end nothing is left.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/app/native/native_sim.h"

namespace app {
namespace {

class NativeStormSim : public NativeSim {
 protected:
  struct Peer {
    std::size_t number = 0;
    std::string tenant{};
  };

  std::string any(std::string_view prefix, std::uint64_t of) {
    return std::string(prefix) + std::to_string(prng_.below(of));
  }
  void come() {
    const std::string tenant = any("t", 3);
    const std::size_t peer = clients_->connect(group_->bound()[0]);
    ++peers_;
    clients_->send(peer, "GET /ws?token=" + tenant + "/" + any("u", 4) +
                             " HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\n"
                             "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    here_.push_back({peer, tenant});
  }
  // What it says names its tenant, so that it shows who hears it.
  void talk(const Peer& peer) {
    const std::string id = "q" + std::to_string(++requests_);
    const std::string room = any("r", 4);
    switch (prng_.below(10)) {
      case 0:
      case 1:
        return say(peer.number, "chat:room:join", {{"room", room}}, id);
      case 2:
        return say(peer.number, "chat:room:join",
                   {{"room", room}, {"epoch", "1"}, {"seq", prng_.below(9)}}, id);
      case 3:
        return say(peer.number, "chat:room:leave", {{"room", room}}, id);
      case 4:
        return say(peer.number, "chat:message:send",
                   {{"room", room},
                    {"content", "from " + peer.tenant},
                    {"receipts", prng_.below(2) == 0},
                    {"id", any("c", 20)},
                    {"deliveryStatus", prng_.below(2) == 0 ? "streaming" : "batch-delay"}},
                   id);
      case 5:
        return say(peer.number, "message:send",
                   {{"user", any("u", 4)}, {"event", "note"}, {"data", "from " + peer.tenant}}, id);
      case 6:
        return say(peer.number, prng_.below(2) == 0 ? "chat:typing:start" : "chat:typing:stop",
                   {{"room", room}}, id);
      case 7:
        return say(peer.number, "chat:room:presence", {{"room", room}, {"limit", 2}}, id);
      case 8:
        return say(peer.number, "chat:room:history", {{"room", room}}, id);
      default:
        return say(peer.number, "auth:refresh", {{"token", peer.tenant + "/" + any("u", 4)}}, id);
    }
  }
  void step() {
    if (here_.size() < 12 || prng_.below(12) == 0) come();
    const std::size_t at = prng_.below(here_.size());
    if (prng_.below(15) == 0) {
      if (clients_->connected(here_[at].number)) clients_->close(here_[at].number);
      gone_.push_back(here_[at]);
      here_.erase(here_.begin() + static_cast<std::ptrdiff_t>(at));
    } else if (!events(here_[at].number, "connected").empty()) {
      talk(here_[at]);
    }
    authenticator_->holds = prng_.below(3) == 0;
    if (!authenticator_->held.empty() && prng_.below(2) == 0) authenticator_->answer_one();
    run_for(std::chrono::microseconds{prng_.below(500)});
  }
  void expect_own(const Peer& peer) {
    std::map<std::string, int> answers;
    for (const Json& event : events(peer.number)) {
      const std::string text = event.dump();
      for (const char* tenant : {"t0", "t1", "t2"}) {
        if (tenant == peer.tenant) continue;
        EXPECT_EQ(text.find(std::string("from ") + tenant), std::string::npos) << text;
      }
      if (event.contains("requestId")) ++answers[event.at("requestId")];
    }
    for (const auto& [id, count] : answers) EXPECT_EQ(count, 1) << id;
  }

  base::Prng prng_{GetParam()};
  std::vector<Peer> here_;
  std::vector<Peer> gone_;
};

TEST_P(NativeStormSim, NothingIsMixedUpAndNothingIsLeft) {
  sim::FaultPlan faults = sim::FaultPlan::draw(GetParam());
  faults.set(sim::Fault::stage_refused, 0);  // The peers, too, stage; they have nowhere to wait.
  start(3, faults);
  for (int i = 0; i < 250; ++i) step();
  world_->network().calm();  // A stall may last longer than anybody waits below.
  authenticator_->holds = false;
  authenticator_->answer_all();
  run_for(seconds{1});
  std::uint64_t heard = 0;
  for (const auto* peers : {&here_, &gone_}) {
    for (const Peer& peer : *peers) {
      expect_own(peer);
      heard += events(peer.number).size();
    }
  }
  EXPECT_GT(heard, 0U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, NativeStormSim, testing::Range<std::uint64_t>(1, 41));

}  // namespace
}  // namespace app
