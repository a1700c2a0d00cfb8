#include "loadgen/scenarios/storm_crowd.h"

#include <algorithm>

#include "base/limits.h"

namespace loadgen {

namespace {

// Connects that one turn starts, and clients that it cuts off; then it looks at what came back. A
// connect over the loopback takes 30 us, in which nobody else on the cpu is served.
constexpr std::uint32_t kConnectsPerTurn = 64;
constexpr std::uint32_t kCutsPerTurn = 64;
constexpr std::uint64_t kSeedStride = 0x9FB21C651E98DF25U;  // Keeps the shards' draws apart.

}  // namespace

StormCrowd::StormCrowd(const Stage& stage, std::size_t group)
    : stage_(stage),
      first_(stage.clients.partition().below(stage.options.groups[group].first_client)),
      size_(stage.clients.partition().below(stage.options.groups[group].end_client()) - first_),
      cut_(first_),
      policy_(stage.options.storm.retry,
              stage.options.seed + stage.clients.partition().shard * kSeedStride),
      back_(stage.statistics.add_class("back")) {}

void StormCrowd::prepare() {
  members_.resize(size_);
  queue_.reserve(size_);
}

// The run is not over before all have gone and come back.
void StormCrowd::begin(base::Instant /*now*/) { stage_.statistics.awaited.add(size_); }

void StormCrowd::stop(base::Instant now) {
  stopped_at_ = now;
  queue_.clear();
  for (Member& member : members_) {
    if (member.awaited) stage_.statistics.awaited.subtract();
    member.awaited = false;
  }
}

void StormCrowd::cut(base::Instant now) {
  const std::uint32_t end = std::min(cut_ + kCutsPerTurn, first_ + size_);
  for (; cut_ < end; ++cut_) {
    const std::uint32_t client = cut_;
    if (stage_.clients.is_idle(client)) {
      note_away(member(client), now);  // It could not even come.
      queue_.push(now, client);
    } else if (stage_.options.storm.drop && stage_.clients.is_open(client)) {
      stage_.statistics.count(Tally::dropped);
      note_away(member(client), now);
      stage_.clients.abort(client);
    }
  }
}

void StormCrowd::note_away(Member& member, base::Instant now) {
  if (!member.awaited) stage_.statistics.awaited.add();
  member = {.away_since = now, .attempts = 0, .awaited = true};
}

// ---- What becomes of them -----------------------------------------------------------------------

void StormCrowd::on_close(std::uint32_t client, const engine::CloseInfo& /*info*/,
                          base::Instant now) {
  if (!storming_ || stopped_at_ != base::kForever) return;
  if (member(client).away_since == base::kForever) {
    stage_.statistics.count(Tally::dropped);
    note_away(member(client), now);
  }
  queue_.push(now, client);
}

void StormCrowd::on_connect_failed(std::uint32_t client, const engine::ConnectFailure& failure,
                                   base::Instant now) {
  if (!storming_) return;
  Member& failed = member(client);
  ++failed.attempts;
  if (failure.http_status != 0) stage_.statistics.count(Tally::refused);
  if (stopped_at_ != base::kForever) return;
  if (failure.retry_after_seconds > 0) stage_.statistics.count(Tally::deferred);
  const std::chrono::seconds told{failure.retry_after_seconds};
  queue_.push(now + policy_.wait(failed.attempts, told), client);
}

void StormCrowd::on_open(std::uint32_t client, base::Instant now) {
  Member& opened = member(client);
  if (!storming_) return;
  if (opened.away_since != base::kForever) {
    back_.latency.record(static_cast<std::uint64_t>((now - opened.away_since).count()));
    ++back_.received;
  }
  if (opened.awaited) stage_.statistics.awaited.subtract();
  opened = {.away_since = base::kForever, .attempts = 0, .awaited = false};
}

void StormCrowd::on_message(std::uint32_t /*client*/, protocol::Opcode /*opcode*/,
                            std::span<const std::byte> /*message*/, base::Instant /*now*/) {
  ++stage_.statistics.unexpected_messages;
}

// ---- The turn -----------------------------------------------------------------------------------

engine::StepResult StormCrowd::pump(base::Instant now) {
  if (stopped_at_ != base::kForever) return engine::StepResult::done;
  storming_ |= now >= stage_.window.measure_from;
  if (storming_) cut(now);
  if (cutting()) return engine::StepResult::more;  // All are to be gone before one comes back.
  for (std::uint32_t connects = 0; connects < kConnectsPerTurn; ++connects) {
    if (queue_.next() > now || stage_.clients.in_progress() >= base::kConnectsMax) {
      return engine::StepResult::done;
    }
    const std::uint32_t client = queue_.pop();
    if (member(client).attempts > 0) stage_.statistics.count(Tally::retries);
    stage_.clients.connect(client, now);
  }
  return engine::StepResult::more;
}

// While as many connects are under way as there may be, their answers come before any deadline.
base::Instant StormCrowd::next_deadline() const {
  if (stopped_at_ != base::kForever) return base::kForever;
  if (!storming_) return stage_.window.measure_from;
  return stage_.clients.in_progress() < base::kConnectsMax ? queue_.next() : base::kForever;
}

void StormCrowd::judge(const Ledger& /*ledger*/) {
  for (const Member& away : members_) {
    if (away.away_since == base::kForever) continue;
    stage_.statistics.count(Tally::missing);
    back_.latency.record(static_cast<std::uint64_t>((stopped_at_ - away.away_since).count()));
  }
}

}  // namespace loadgen
