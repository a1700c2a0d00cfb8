// CompositeScenario: several scenarios side by side, each with a group of the clients for itself.
//
// Part i has the clients of the options' group i; what the shard reports of a client goes to the
// part that has it. Threads: one shard's. Bounds: those of its parts.
#pragma once

#include <memory>
#include <vector>

#include "loadgen/scenario.h"

namespace loadgen {

class CompositeScenario final : public Scenario {
 public:
  explicit CompositeScenario(const Stage& stage) : stage_(stage) {}

  // For the next group.
  void add(std::unique_ptr<Scenario> part);

  void prepare() override;
  void begin(base::Instant now) override;
  void stop(base::Instant now) override;
  void on_open(std::uint32_t client, base::Instant now) override;
  void on_message(std::uint32_t client, protocol::Opcode opcode, std::span<const std::byte> message,
                  base::Instant now) override;
  void on_close(std::uint32_t client, const engine::CloseInfo& info, base::Instant now) override;
  void on_connect_failed(std::uint32_t client, const engine::ConnectFailure& failure,
                         base::Instant now) override;
  bool forgives(std::uint32_t client) const override { return part_of(client).forgives(client); }
  engine::StepResult pump(base::Instant now) override;
  base::Instant next_deadline() const override;
  void account(Ledger& ledger) const override;
  void judge(const Ledger& ledger) override;

 private:
  struct Part {
    std::unique_ptr<Scenario> scenario;
    std::uint32_t end = 0;  // The first client, of this shard's, that is another part's.
  };

  Scenario& part_of(std::uint32_t client) const;

  Stage stage_;
  std::vector<Part> parts_;
};

}  // namespace loadgen
