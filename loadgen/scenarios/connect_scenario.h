// ConnectScenario: connections that are opened, and closed again as soon as they are open.
//
// Latency is that of the whole opening handshake, TCP's included. Open loop: connects are intended
// at a rate; one for which no client is free is late, and its latency says so. Closed loop: so many
// connects are under way at any time. With `hold` the connections stay open, until all are.
// Threads: one shard's. Bound: as many connections at once as the shard has clients.
#pragma once

#include <vector>

#include "loadgen/scenario.h"

namespace loadgen {

class ConnectScenario final : public Scenario {
 public:
  explicit ConnectScenario(const Stage& stage);

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
  void account(Ledger&) const override {}
  void judge(const Ledger& ledger) override;

 private:
  void connect_one(base::Instant intended, base::Instant now);
  bool may_connect() const;

  Stage stage_;
  Schedule schedule_{ScheduleOptions{}};
  std::uint32_t in_progress_max_ = 1;
  std::vector<std::uint32_t> free_;  // Clients that have no connection.
  bool stopped_ = false;
};

}  // namespace loadgen
