#include "loadgen/scenarios/churn_scenario.h"

#include <algorithm>

#include "base/limits.h"

namespace loadgen {

namespace {

constexpr std::uint32_t kLeavesPerTurn = 256;
// A leaver that waits so long for a message does not get it; a stalled server may take a while.
constexpr base::Duration kLeavePatience = std::chrono::seconds{10};
constexpr std::uint64_t kSeedStride = 0xA0761D6478BD642FU;  // Keeps the shards' draws apart.

}  // namespace

ChurnScenario::ChurnScenario(const Stage& stage, std::size_t group)
    : stage_(stage),
      group_(stage.options.groups[group]),
      traffic_(stage, group),
      prng_(stage.options.seed + (stage.clients.partition().shard + group) * kSeedStride),
      policy_(stage.options.churn.retry, prng_.next()),
      first_(stage.clients.partition().below(group_.first_client)),
      size_(stage.clients.partition().below(group_.end_client()) - first_) {}

void ChurnScenario::prepare() {
  traffic_.prepare();
  staying_.reserve(size_);
  leaving_.reserve(size_);
  attempts_.resize(size_);
  queue_.reserve(size_);
  std::uint32_t here = 0;
  for (std::uint32_t client = first_; client < first_ + size_; ++client) {
    if (!publishes(client)) ++here;
  }
  const std::uint32_t all = group_.clients - group_.rooms * group_.publishers;
  schedule_ = Schedule({.rate = stage_.options.churn.rate * here / all,
                        .arrivals = Arrivals::poisson,
                        .seed = prng_.next(),
                        .phase = 0});
}

bool ChurnScenario::publishes(std::uint32_t client) const {
  return group_.local_of(stage_.clients.partition().global(client)) < group_.publishers;
}

void ChurnScenario::begin(base::Instant now) {
  traffic_.begin(now);
  begun_ = true;
  schedule_.start(stage_.window.start);
}

// Whoever wanted to leave stays, and is judged like everybody else.
void ChurnScenario::stop(base::Instant now) {
  traffic_.stop(now);
  stopped_ = true;
  leaving_.clear();
  queue_.clear();
}

void ChurnScenario::on_open(std::uint32_t client, base::Instant now) {
  traffic_.on_open(client, now);
  attempts_[client - first_] = 0;
  if (begun_) stage_.statistics.count(Tally::joined);
  if (!publishes(client)) staying_.push_back(client);
}

void ChurnScenario::on_message(std::uint32_t client, protocol::Opcode opcode,
                               std::span<const std::byte> message, base::Instant now) {
  traffic_.on_message(client, opcode, message, now);
}

// Somebody new comes, also for one that the server has sent away.
void ChurnScenario::on_close(std::uint32_t client, const engine::CloseInfo& info,
                             base::Instant now) {
  traffic_.on_close(client, info, now);
  if (info.reason != engine::CloseReason::application) forget(client);
  if (!stopped_ && !publishes(client)) queue_.push(now, client);
}

void ChurnScenario::on_connect_failed(std::uint32_t client, const engine::ConnectFailure& failure,
                                      base::Instant now) {
  if (!begun_ || stopped_) return;
  const std::chrono::seconds told{failure.retry_after_seconds};
  queue_.push(now + policy_.wait(++attempts_[client - first_], told), client);
}

// The client may have been closed by the server while it stayed, or wanted to leave.
void ChurnScenario::forget(std::uint32_t client) {
  std::erase(staying_, client);
  std::erase_if(leaving_, [client](const Leaver& leaver) { return leaver.client == client; });
}

// ---- The turn -----------------------------------------------------------------------------------

engine::StepResult ChurnScenario::pump(base::Instant now) {
  const engine::StepResult result = traffic_.pump(now);
  if (!begun_ || stopped_) return result;
  announce_due(now);
  carry_out(now);
  while (queue_.next() <= now && stage_.clients.in_progress() < base::kConnectsMax) {
    stage_.clients.connect(queue_.pop(), now);
  }
  return result;
}

// A leave that is due while nobody is there to leave waits, and is late.
void ChurnScenario::announce_due(base::Instant now) {
  for (std::uint32_t leaves = 0; leaves < kLeavesPerTurn && !staying_.empty(); ++leaves) {
    if (schedule_.next() > now) return;
    schedule_.advance();
    std::swap(staying_[prng_.below(staying_.size())], staying_.back());
    const std::uint32_t client = staying_.back();
    staying_.pop_back();
    traffic_.announce_leave(client);
    leaving_.push_back({.client = client, .latest = now + kLeavePatience});
  }
}

void ChurnScenario::carry_out(base::Instant now) {
  for (std::size_t i = 0; i < leaving_.size();) {
    const Leaver leaver = leaving_[i];
    if (!traffic_.has_heard_enough(leaver.client) && now < leaver.latest) {
      ++i;
      continue;
    }
    leaving_[i] = leaving_.back();
    leaving_.pop_back();
    leave(leaver.client);
  }
}

void ChurnScenario::leave(std::uint32_t client) {
  traffic_.leave(client);
  switch (draw_way()) {
    case Way::close:
      stage_.statistics.count(Tally::left_close);
      stage_.clients.close(client);
      break;
    case Way::abort:
      stage_.statistics.count(Tally::left_abort);
      stage_.clients.abort(client);
      break;
    case Way::vanish:
      stage_.statistics.count(Tally::left_vanish);
      stage_.clients.vanish(client);
      break;
  }
}

ChurnScenario::Way ChurnScenario::draw_way() {
  const ChurnOptions& churn = stage_.options.churn;
  const std::uint64_t drawn = prng_.below(std::uint64_t{churn.close} + churn.abort + churn.vanish);
  if (drawn < churn.close) return Way::close;
  return drawn < std::uint64_t{churn.close} + churn.abort ? Way::abort : Way::vanish;
}

base::Instant ChurnScenario::next_deadline() const {
  const base::Instant traffic = traffic_.next_deadline();
  if (!begun_ || stopped_) return traffic;
  const base::Instant leave = staying_.empty() ? base::kForever : schedule_.next();
  base::Instant latest = base::kForever;
  for (const Leaver& leaver : leaving_) latest = std::min(latest, leaver.latest);
  const bool may_connect = stage_.clients.in_progress() < base::kConnectsMax;
  return std::min({traffic, leave, latest, may_connect ? queue_.next() : base::kForever});
}

}  // namespace loadgen
