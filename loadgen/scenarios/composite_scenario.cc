#include "loadgen/scenarios/composite_scenario.h"

#include <algorithm>

#include "base/check.h"

namespace loadgen {

void CompositeScenario::add(std::unique_ptr<Scenario> part) {
  CHECK(parts_.size() < stage_.options.groups.size());
  const ClientGroup& group = stage_.options.groups[parts_.size()];
  parts_.push_back(
      {.scenario = std::move(part), .end = stage_.clients.partition().below(group.end_client())});
}

Scenario& CompositeScenario::part_of(std::uint32_t client) const {
  for (const Part& part : parts_) {
    if (client < part.end) return *part.scenario;
  }
  CHECK(false && "every client is in a group");
  return *parts_.back().scenario;
}

void CompositeScenario::prepare() {
  for (const Part& part : parts_) part.scenario->prepare();
}

void CompositeScenario::begin(base::Instant now) {
  for (const Part& part : parts_) part.scenario->begin(now);
}

void CompositeScenario::stop(base::Instant now) {
  for (const Part& part : parts_) part.scenario->stop(now);
}

void CompositeScenario::on_open(std::uint32_t client, base::Instant now) {
  part_of(client).on_open(client, now);
}

void CompositeScenario::on_message(std::uint32_t client, protocol::Opcode opcode,
                                   std::span<const std::byte> message, base::Instant now) {
  part_of(client).on_message(client, opcode, message, now);
}

void CompositeScenario::on_close(std::uint32_t client, const engine::CloseInfo& info,
                                 base::Instant now) {
  part_of(client).on_close(client, info, now);
}

void CompositeScenario::on_connect_failed(std::uint32_t client,
                                          const engine::ConnectFailure& failure,
                                          base::Instant now) {
  part_of(client).on_connect_failed(client, failure, now);
}

engine::StepResult CompositeScenario::pump(base::Instant now) {
  engine::StepResult result = engine::StepResult::done;
  for (const Part& part : parts_) {
    if (part.scenario->pump(now) == engine::StepResult::more) result = engine::StepResult::more;
  }
  return result;
}

base::Instant CompositeScenario::next_deadline() const {
  base::Instant next = base::kForever;
  for (const Part& part : parts_) next = std::min(next, part.scenario->next_deadline());
  return next;
}

void CompositeScenario::account(Ledger& ledger) const {
  for (const Part& part : parts_) part.scenario->account(ledger);
}

void CompositeScenario::judge(const Ledger& ledger) {
  for (const Part& part : parts_) part.scenario->judge(ledger);
}

}  // namespace loadgen
