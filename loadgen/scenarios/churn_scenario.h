// ChurnScenario: rooms whose members leave and are replaced all the time, while they are published
// to.
//
// One group of clients; those who publish stay. Leaves are intended at a rate. A leaver is drawn by
// lot, stays until it has heard what had been sent when it decided to (MessageTraffic audits that),
// leaves in one of three ways, also drawn, and comes again at once as somebody new.
// Threads: one shard's. Bounds: 24 bytes per client beyond what MessageTraffic has, kLeavesPerTurn
// leaves at a go; a leaver that does not hear what it waits for leaves after kLeavePatience.
#pragma once

#include <vector>

#include "base/prng.h"
#include "loadgen/retry_policy.h"
#include "loadgen/retry_queue.h"
#include "loadgen/scenario.h"
#include "loadgen/scenarios/message_traffic.h"

namespace loadgen {

class ChurnScenario final : public Scenario {
 public:
  // The group is one of the options', by its place there, and churns.
  ChurnScenario(const Stage& stage, std::size_t group);

  void prepare() override;
  void begin(base::Instant now) override;
  void stop(base::Instant now) override;
  void on_open(std::uint32_t client, base::Instant now) override;
  void on_message(std::uint32_t client, protocol::Opcode opcode, std::span<const std::byte> message,
                  base::Instant now) override;
  void on_close(std::uint32_t client, const engine::CloseInfo& info, base::Instant now) override;
  void on_connect_failed(std::uint32_t client, const engine::ConnectFailure& failure,
                         base::Instant now) override;
  engine::StepResult pump(base::Instant now) override;
  base::Instant next_deadline() const override;
  void account(Ledger& ledger) const override { traffic_.account(ledger); }
  void judge(const Ledger& ledger) override { traffic_.judge(ledger); }

 private:
  enum class Way : std::uint8_t { close, abort, vanish };

  struct Leaver {
    std::uint32_t client = 0;
    base::Instant latest{};
  };

  bool publishes(std::uint32_t client) const;
  void announce_due(base::Instant now);
  void carry_out(base::Instant now);
  void leave(std::uint32_t client);
  Way draw_way();
  void forget(std::uint32_t client);

  Stage stage_;
  const ClientGroup& group_;
  MessageTraffic traffic_;
  base::Prng prng_;
  RetryPolicy policy_;
  std::uint32_t first_;  // The group's first client of this shard, and how many it has here.
  std::uint32_t size_;
  Schedule schedule_{ScheduleOptions{}};
  std::vector<std::uint32_t> staying_;  // Open, may leave, and do not want to yet.
  std::vector<Leaver> leaving_;
  std::vector<std::uint32_t> attempts_;  // By client from first_: connects that failed, in a row.
  RetryQueue queue_;
  bool begun_ = false;
  bool stopped_ = false;
};

}  // namespace loadgen
