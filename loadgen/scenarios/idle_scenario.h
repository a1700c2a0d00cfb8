// IdleScenario: connections that are held and do nothing but answer pings.
//
// What it shows is the server's: memory per connection, heartbeats, disconnects. The engine answers
// the pings; a message is counted as unexpected. Threads: one shard's. Holds nothing.
#pragma once

#include "loadgen/scenario.h"

namespace loadgen {

class IdleScenario final : public Scenario {
 public:
  explicit IdleScenario(const Stage& stage) : stage_(stage) {}

  void prepare() override {}
  void begin(base::Instant) override {}
  void stop(base::Instant) override {}
  void on_open(std::uint32_t, base::Instant) override {}
  void on_message(std::uint32_t, protocol::Opcode, std::span<const std::byte>,
                  base::Instant) override {
    ++stage_.statistics.unexpected_messages;
  }
  void on_close(std::uint32_t, const engine::CloseInfo&, base::Instant) override {}
  void on_connect_failed(std::uint32_t, const engine::ConnectFailure&, base::Instant) override {}
  engine::StepResult pump(base::Instant) override { return engine::StepResult::done; }
  base::Instant next_deadline() const override { return base::kForever; }
  void account(Ledger&) const override {}
  void judge(const Ledger&) override {}

 private:
  Stage stage_;
};

}  // namespace loadgen
