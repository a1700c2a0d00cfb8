#include "loadgen/scenarios/message_traffic.h"

#include <algorithm>
#include <tuple>

#include "base/check.h"

namespace loadgen {

namespace {

// Messages that one turn sends of what is due; then it reads again.
constexpr std::uint32_t kSendsPerTurn = 1024;
// A closed loop whose answers do not come goes on after so long: the answer may be lost.
constexpr base::Duration kStallTime = std::chrono::seconds{1};
constexpr base::Duration kStallLook = std::chrono::milliseconds{100};
constexpr std::uint64_t kSeedStride = 0xD1B54A32D192ED03U;  // Keeps the shards' draws apart.

constexpr std::uint64_t mix_order(std::uint64_t hash, const Stamp& stamp) noexcept {
  hash = (hash ^ stamp.sequence ^ std::uint64_t{stamp.publisher} << 40U) * 0x9E3779B97F4A7C15U;
  return hash ^ hash >> 31U;
}

}  // namespace

MessageTraffic::MessageTraffic(const Stage& stage, const Audience& audience)
    : stage_(stage),
      audience_(audience),
      codec_(stage.options.seed),
      prng_(stage.options.seed + stage.clients.partition().shard * kSeedStride),
      message_(stage.options.size.most) {}

void MessageTraffic::prepare() {
  const Partition& partition = stage_.clients.partition();
  members_.resize(partition.size());
  streams_.resize(std::uint64_t{partition.size()} * audience_.publishers);
  for (std::uint32_t client = 0; client < partition.size(); ++client) {
    members_[client].room = partition.global(client) / audience_.members;
  }
  add_publishers();
  const LoadOptions& options = stage_.options;
  const std::uint64_t all = std::uint64_t{audience_.rooms} * audience_.publishers;
  const double share = static_cast<double>(publishers_.size()) / static_cast<double>(all);
  schedule_ = Schedule({.rate = options.rate * share,
                        .arrivals = options.arrivals,
                        .seed = prng_.next(),
                        .phase = static_cast<double>(partition.shard) / partition.shards});
}

// Ordered by number, then room: publishers that follow each other are of different rooms.
void MessageTraffic::add_publishers() {
  const Partition& partition = stage_.clients.partition();
  for (std::uint32_t client = 0; client < partition.size(); ++client) {
    const std::uint32_t number = partition.global(client) % audience_.members;
    if (number >= audience_.publishers) continue;
    publishers_.push_back({.client = client, .number = number});
  }
  std::sort(publishers_.begin(), publishers_.end(), [](const Publisher& a, const Publisher& b) {
    return std::tie(a.number, a.client) < std::tie(b.number, b.client);
  });
  for (std::uint32_t i = 0; i < publishers_.size(); ++i) {
    members_[publishers_[i].client].publisher = i;
  }
}

void MessageTraffic::begin(base::Instant now) {
  if (publishers_.empty()) return;
  if (stage_.options.open_loop()) {
    schedule_.start(stage_.window.start);
  } else {
    nudge_at_ = now + kStallTime;
  }
}

void MessageTraffic::stop(base::Instant /*now*/) {
  stopped_ = true;
  nudge_at_ = base::kForever;
}

// ---- Receiving ----------------------------------------------------------------------------------

// `now` is the start of the turn in which the message arrived, before any of the turn's own work:
// what the shard takes to look at its messages is not charged to the server.
void MessageTraffic::on_message(std::uint32_t client, std::span<const std::byte> message,
                                base::Instant now) {
  Member& member = members_[client];
  Stamp stamp;
  if (!codec_.read(message, stamp)) {
    ++stage_.statistics.audit.corrupt;
    return;
  }
  if (!audit(client, member, stamp)) return;
  const base::Instant intended{base::Duration{stamp.intended_ns}};
  if (stage_.window.measures(intended)) {
    stage_.statistics.latency.record(static_cast<std::uint64_t>((now - intended).count()));
  }
  if (member.publisher == kNoPublisher || stage_.options.open_loop()) return;
  Publisher& publisher = publishers_[member.publisher];
  if (publisher.number != stamp.publisher) return;
  publisher.moved_at = now;
  refill(publisher, now);
}

// False when the message is none that counts as received.
bool MessageTraffic::audit(std::uint32_t client, Member& member, const Stamp& stamp) {
  AuditCounts& counts = stage_.statistics.audit;
  ++counts.checked;
  if (stamp.room != member.room || stamp.publisher >= audience_.publishers) {
    ++counts.misdelivered;
    return false;
  }
  switch (stream(client, stamp.publisher).accept(stamp.sequence)) {
    case StreamAudit::Verdict::in_order:
      break;
    case StreamAudit::Verdict::ahead:
      member.faultless = false;
      break;
    case StreamAudit::Verdict::late:
      ++counts.disorder;
      break;
    case StreamAudit::Verdict::duplicate:
      ++counts.duplicates;
      return false;
  }
  if (audience_.publishers > 1) member.order_hash = mix_order(member.order_hash, stamp);
  stage_.statistics.received.add();
  return true;
}

// ---- Sending ------------------------------------------------------------------------------------

std::uint64_t MessageTraffic::in_flight(const Publisher& publisher) const {
  // What was skipped by a later one does not count: it is lost, or will be late.
  const std::uint64_t back = stream(publisher.client, publisher.number).next();
  return publisher.sent > back ? publisher.sent - back : 0;
}

void MessageTraffic::refill(Publisher& publisher, base::Instant now) {
  if (stopped_) return;
  while (in_flight(publisher) < stage_.options.in_flight) {
    if (!publish(publisher, now)) return;
  }
}

bool MessageTraffic::publish(Publisher& publisher, base::Instant intended) {
  const SizeRange& range = stage_.options.size;
  std::size_t size = range.least;
  if (range.most > range.least) size += prng_.below(range.most - range.least + 1);
  const std::span<std::byte> message = std::span(message_).first(size);
  codec_.write(message, {.room = members_[publisher.client].room,
                         .publisher = publisher.number,
                         .sequence = publisher.sent,
                         .intended_ns = intended.time_since_epoch().count()});
  if (!stage_.clients.send(publisher.client, message)) return false;
  ++publisher.sent;
  return true;
}

engine::StepResult MessageTraffic::pump(base::Instant now) {
  if (now < stage_.window.start) return engine::StepResult::done;
  if (stage_.options.open_loop()) return send_due(now);
  if (now >= nudge_at_) nudge_stalled(now);
  return start_closed_loop(now);
}

engine::StepResult MessageTraffic::start_closed_loop(base::Instant now) {
  std::uint32_t sends = 0;
  while (started_ < publishers_.size() && sends < kSendsPerTurn) {
    Publisher& publisher = publishers_[started_++];
    publisher.moved_at = now;
    refill(publisher, now);
    sends += stage_.options.in_flight;
  }
  return started_ < publishers_.size() ? engine::StepResult::more : engine::StepResult::done;
}

// Sends what is due by now, each with its intended time; what was intended before the stop is sent
// even after it, because to leave it out would flatter the server that held it up.
engine::StepResult MessageTraffic::send_due(base::Instant now) {
  const base::Instant stop = stage_.window.stop;
  for (std::uint32_t sends = 0; sends < kSendsPerTurn; ++sends) {
    const base::Instant intended = schedule_.next();
    if (intended > now || intended >= stop) return engine::StepResult::done;
    schedule_.advance();
    Publisher& publisher = publishers_[turn_];
    turn_ = turn_ + 1 == publishers_.size() ? 0 : turn_ + 1;
    if (!publish(publisher, intended)) {
      ++stage_.statistics.skipped;
    } else if (stage_.window.measures(intended)) {
      stage_.statistics.send_lag.record(static_cast<std::uint64_t>((now - intended).count()));
    }
  }
  return schedule_.next() <= now ? engine::StepResult::more : engine::StepResult::done;
}

void MessageTraffic::nudge_stalled(base::Instant now) {
  nudge_at_ = now + kStallLook;
  for (std::uint32_t i = 0; i < started_; ++i) {
    Publisher& publisher = publishers_[i];
    if (now - publisher.moved_at < kStallTime) continue;
    publisher.moved_at = now;
    if (publish(publisher, now)) ++stage_.statistics.stalls;
  }
}

base::Instant MessageTraffic::next_deadline() const {
  const base::Instant send = schedule_.next();
  return std::min(send < stage_.window.stop ? send : base::kForever, nudge_at_);
}

// ---- Connections --------------------------------------------------------------------------------

void MessageTraffic::on_open(std::uint32_t /*client*/, base::Instant /*now*/) {}
void MessageTraffic::on_close(std::uint32_t /*client*/, base::Instant /*now*/) {}
void MessageTraffic::on_connect_failed(std::uint32_t /*client*/, base::Instant /*now*/) {}

// ---- Judging ------------------------------------------------------------------------------------

// Orders are compared among members that were there all the time and missed nothing.
bool MessageTraffic::judges_order(std::uint32_t client) const {
  return audience_.publishers > 1 && members_[client].faultless &&
         stage_.clients.was_never_closed(client);
}

void MessageTraffic::account(Ledger& ledger) const {
  for (const Publisher& publisher : publishers_) {
    ledger.sent_by(members_[publisher.client].room, publisher.number) = publisher.sent;
  }
  // A majority vote (Boyer and Moore): one odd member must not make all the others odd.
  for (std::uint32_t client = 0; client < members_.size(); ++client) {
    if (!judges_order(client)) continue;
    Ledger::RoomOrder& order = ledger.orders[members_[client].room];
    if (order.votes == 0) order.hash = members_[client].order_hash;
    order.votes += order.hash == members_[client].order_hash ? 1U : UINT32_MAX;
  }
}

void MessageTraffic::judge(const Ledger& ledger) {
  AuditCounts& counts = stage_.statistics.audit;
  while (stage_.options.open_loop() && schedule_.next() < stage_.window.stop) {
    ++stage_.statistics.unsent;
    schedule_.advance();
  }
  for (std::uint32_t client = 0; client < members_.size(); ++client) {
    // Who left early is counted as a disconnect; what it did not hear is not lost.
    if (!stage_.clients.was_never_closed(client)) continue;
    const Member& member = members_[client];
    std::uint64_t lost = 0;
    for (std::uint32_t number = 0; number < audience_.publishers; ++number) {
      lost += stream(client, number).missing_of(ledger.sent_by(member.room, number));
    }
    counts.lost += lost;
    if (lost > 0 || !judges_order(client)) continue;
    if (member.order_hash != ledger.orders[member.room].hash) ++counts.disorder;
  }
}

}  // namespace loadgen
