#include "loadgen/scenarios/message_traffic.h"

#include <algorithm>
#include <tuple>

#include "base/check.h"
#include "loadgen/clock.h"
#include "loadgen/scenarios/due_sends.h"
#include "protocol/close_code.h"

namespace loadgen {

namespace {

// A closed loop whose answers do not come goes on after so long: the answer may be lost.
constexpr base::Duration kStallTime = std::chrono::seconds{1};
constexpr base::Duration kStallLook = std::chrono::milliseconds{100};
// Slow readers that read again, in the end, get so long to find out that they were closed.
constexpr base::Duration kSlowLook = std::chrono::seconds{1};
// How often it is looked whether all members of a group that churns have heard everything.
constexpr base::Duration kLackLook = std::chrono::milliseconds{20};
constexpr std::uint64_t kSeedStride = 0xD1B54A32D192ED03U;  // Keeps the shards' draws apart.

constexpr std::uint64_t mix_order(std::uint64_t hash, const Stamp& stamp) noexcept {
  hash = (hash ^ stamp.sequence ^ std::uint64_t{stamp.publisher} << 40U) * 0x9E3779B97F4A7C15U;
  return hash ^ hash >> 31U;
}

}  // namespace

MessageTraffic::MessageTraffic(const Stage& stage, std::size_t group)
    : stage_(stage),
      group_(stage.options.groups[group]),
      group_number_(group),
      first_(stage.clients.partition().below(group_.first_client)),
      size_(stage.clients.partition().below(group_.end_client()) - first_),
      codec_(stage.options.seed),
      prng_(stage.options.seed + (stage.clients.partition().shard + group) * kSeedStride),
      message_(group_.size.most),
      scratch_(group_.text ? group_.size.most / kTextPerByte : 0) {
  if (!group_.name.empty()) class_ = &stage.statistics.add_class(group_.name);
}

void MessageTraffic::prepare() {
  const Partition& partition = stage_.clients.partition();
  members_.resize(size_);
  seats_.resize(std::uint64_t{size_} * group_.rooms_each);
  streams_.resize(seats_.size() * group_.publishers);
  if (group_.churns) enough_.resize(streams_.size());
  for (std::uint32_t client = first_; client < first_ + size_; ++client) {
    member(client).home = group_.home_of(partition.global(client));
    member(client).slow =
        group_.local_of(partition.global(client)) >= group_.locals() - group_.slow;
    if (member(client).slow) slow_.push_back(client);
  }
  add_publishers();
  const std::uint64_t all = std::uint64_t{group_.rooms} * group_.publishers;
  const double share =
      all == 0 ? 0 : static_cast<double>(publishers_.size()) / static_cast<double>(all);
  schedule_ = Schedule({.rate = group_.rate * share,
                        .arrivals = stage_.options.arrivals,
                        .seed = prng_.next(),
                        .phase = static_cast<double>(partition.shard) / partition.shards});
}

// Ordered by number, then room: publishers that follow each other are of different rooms.
void MessageTraffic::add_publishers() {
  const Partition& partition = stage_.clients.partition();
  for (std::uint32_t client = first_; client < first_ + size_; ++client) {
    const std::uint32_t number = group_.local_of(partition.global(client));
    if (number >= group_.publishers) continue;
    publishers_.push_back({.client = client, .number = number});
  }
  std::sort(publishers_.begin(), publishers_.end(), [](const Publisher& a, const Publisher& b) {
    return std::tie(a.number, a.client) < std::tie(b.number, b.client);
  });
  for (std::uint32_t i = 0; i < publishers_.size(); ++i) {
    member(publishers_[i].client).publisher = i;
  }
}

void MessageTraffic::begin(base::Instant now) {
  if (group_.churns) stage_.statistics.awaited.add();  // Until all have heard everything.
  if (publishers_.empty()) return;
  if (group_.open_loop()) {
    schedule_.start(stage_.window.start);
  } else {
    nudge_at_ = now + kStallTime;
  }
}

void MessageTraffic::stop(base::Instant now) {
  stopped_ = true;
  nudge_at_ = base::kForever;
  if (group_.churns) look_at_ = now;
  if (!slowed_) return;
  for (const std::uint32_t client : slow_) stage_.clients.resume(client);
  slow_until_ = now + kSlowLook;
}

// ---- Receiving ----------------------------------------------------------------------------------

// `now` is the start of the turn in which the message arrived, before any of the turn's own work:
// what the shard takes to look at its messages is not charged to the server.
void MessageTraffic::on_message(std::uint32_t client, protocol::Opcode opcode,
                                std::span<const std::byte> message, base::Instant now) {
  Member& member = this->member(client);
  Stamp stamp;
  if (!read(opcode, message, stamp)) {
    ++audit_.corrupt;
    return;
  }
  if (!audit(client, stamp) || member.slow) return;
  count_received(base::Instant{base::Duration{stamp.intended_ns}}, now);
  if (member.publisher == kNoPublisher || group_.open_loop()) return;
  Publisher& publisher = publishers_[member.publisher];
  if (stamp.room != member.home || publisher.number != stamp.publisher) return;
  publisher.moved_at = now;
  refill(publisher, now);
}

bool MessageTraffic::read(protocol::Opcode opcode, std::span<const std::byte> message,
                          Stamp& stamp) {
  if ((opcode == protocol::Opcode::text) != group_.text) return false;
  return group_.text ? codec_.read_text(message, stamp, scratch_) : codec_.read(message, stamp);
}

// False when the message is none that counts as received.
bool MessageTraffic::audit(std::uint32_t client, const Stamp& stamp) {
  ++audit_.checked;
  const std::uint32_t number = group_.seat_of(member(client).home, stamp.room);
  if (number >= group_.rooms_each || stamp.publisher >= group_.publishers) {
    ++audit_.misdelivered;
    return false;
  }
  const std::uint64_t at = seat_at(client, number);
  Seat& seat = seats_[at];
  switch (streams_[stream_at(at, stamp.publisher)].accept(stamp.sequence)) {
    case StreamAudit::Verdict::in_order:
      break;
    case StreamAudit::Verdict::ahead:
      seat.faultless = false;
      break;
    case StreamAudit::Verdict::late:
      ++audit_.disorder;
      break;
    case StreamAudit::Verdict::duplicate:
      ++audit_.duplicates;
      return false;
  }
  if (group_.publishers > 1) seat.order_hash = mix_order(seat.order_hash, stamp);
  return true;
}

void MessageTraffic::count_received(base::Instant intended, base::Instant now) {
  // Another shard may have sent it since our turn began, if that was a long one. When exactly it
  // came is not known then, but surely not later than now.
  if (intended > now) now = std::max(monotonic_now(), intended);
  stage_.statistics.received.add();
  const bool measured = stage_.window.measures(intended);
  stage_.statistics.record_latency(now - intended, measured);
  if (!measured || class_ == nullptr) return;
  class_->latency.record(static_cast<std::uint64_t>((now - intended).count()));
  ++class_->received;
}

// ---- Sending ------------------------------------------------------------------------------------

std::uint64_t MessageTraffic::in_flight(const Publisher& publisher) const {
  // What was skipped by a later one does not count: it is lost, or will be late.
  const std::uint64_t back =
      streams_[stream_at(seat_at(publisher.client), publisher.number)].next();
  return publisher.sent > back ? publisher.sent - back : 0;
}

void MessageTraffic::refill(Publisher& publisher, base::Instant now) {
  if (stopped_) return;
  while (in_flight(publisher) < stage_.options.in_flight) {
    if (!publish(publisher, now)) return;
  }
}

bool MessageTraffic::publish(Publisher& publisher, base::Instant intended) {
  const SizeRange& range = group_.size;
  std::size_t size = range.least;
  if (range.most > range.least) size += prng_.below(range.most - range.least + 1);
  if (group_.text) size -= size % kTextPerByte;
  const std::span<std::byte> message = std::span(message_).first(size);
  const Stamp stamp{.room = member(publisher.client).home,
                    .publisher = publisher.number,
                    .sequence = publisher.sent,
                    .intended_ns = intended.time_since_epoch().count()};
  if (group_.text) {
    codec_.write_text(message, stamp, scratch_);
  } else {
    codec_.write(message, stamp);
  }
  if (group_.churns) {
    // Before it can leave: who is let in after this must not count on it.
    const std::uint32_t room = ledger_room(publisher.client);
    stage_.board.count(group_number_, room, publisher.number).store(publisher.sent + 1);
  }
  const auto opcode = group_.text ? protocol::Opcode::text : protocol::Opcode::binary;
  if (!stage_.clients.send(publisher.client, opcode, message)) return false;
  ++publisher.sent;
  if (!group_.churns) stage_.statistics.owed.add(group_.members - group_.slow);
  if (class_ != nullptr && stage_.window.measures(intended)) ++class_->sent;
  return true;
}

engine::StepResult MessageTraffic::pump(base::Instant now) {
  if (now < stage_.window.start) return engine::StepResult::done;
  if (!slow_.empty()) look_at_slow(now);
  if (now >= look_at_) look_who_lacks(now);
  if (group_.open_loop()) return send_due(now);
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

engine::StepResult MessageTraffic::send_due(base::Instant now) {
  return loadgen::send_due(schedule_, stage_, publishers_.size(), turn_, now,
                           [this](std::uint32_t place, base::Instant intended) {
                             return publish(publishers_[place], intended);
                           });
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
  const base::Instant look = slowed_ && stopped_ ? slow_until_ : base::kForever;
  return std::min({send < stage_.window.stop ? send : base::kForever, nudge_at_, look, look_at_});
}

// ---- Connections --------------------------------------------------------------------------------

// Who joins is owed what is published from now on.
void MessageTraffic::on_open(std::uint32_t client, base::Instant /*now*/) {
  if (!group_.churns) return;
  member(client).present = true;
  for (std::uint32_t number = 0; number < group_.publishers; ++number) {
    streams_[stream_at(seat_at(client), number)].start_at(published_by(client, number));
  }
}

void MessageTraffic::on_close(std::uint32_t client, const engine::CloseInfo& info,
                              base::Instant /*now*/) {
  if (group_.churns) member(client).present = false;
  if (!member(client).slow) return;
  const bool told = info.code == static_cast<std::uint16_t>(protocol::CloseCode::try_again_later);
  stage_.statistics.count(told ? Tally::slow_closed : Tally::slow_dropped);
}

void MessageTraffic::on_connect_failed(std::uint32_t /*client*/,
                                       const engine::ConnectFailure& /*failure*/,
                                       base::Instant /*now*/) {}

// Slow members stop reading when the measuring begins. In the end they read again, for as long as
// it takes to hear that they were closed; the run is not over before.
void MessageTraffic::look_at_slow(base::Instant now) {
  if (!slowed_ && !stopped_ && now >= stage_.window.measure_from) {
    slowed_ = true;
    for (const std::uint32_t client : slow_) stage_.clients.pause(client);
    stage_.statistics.awaited.add();
    slow_until_ = base::kForever;
  } else if (slowed_ && now >= slow_until_) {
    slow_until_ = base::kForever;
    stage_.statistics.awaited.subtract();
  }
}

// ---- Churn --------------------------------------------------------------------------------------

std::uint64_t MessageTraffic::published_by(std::uint32_t client, std::uint32_t publisher) const {
  return stage_.board.count(group_number_, ledger_room(client), publisher).load();
}

void MessageTraffic::announce_leave(std::uint32_t client) {
  for (std::uint32_t number = 0; number < group_.publishers; ++number) {
    enough_[stream_at(seat_at(client), number)] = published_by(client, number);
  }
}

bool MessageTraffic::has_heard_enough(std::uint32_t client) const {
  for (std::uint32_t number = 0; number < group_.publishers; ++number) {
    const std::uint64_t at = stream_at(seat_at(client), number);
    if (!streams_[at].is_past(enough_[at])) return false;
  }
  return true;
}

void MessageTraffic::leave(std::uint32_t client) {
  member(client).present = false;
  for (std::uint32_t number = 0; number < group_.publishers; ++number) {
    const std::uint64_t at = stream_at(seat_at(client), number);
    audit_.lost += streams_[at].missing_of(enough_[at]);
  }
}

bool MessageTraffic::all_have_heard_all() const {
  for (std::uint32_t client = first_; client < first_ + size_; ++client) {
    if (!is_judged(client)) continue;
    for (std::uint32_t number = 0; number < group_.publishers; ++number) {
      const std::uint64_t at = stream_at(seat_at(client), number);
      if (!streams_[at].is_past(published_by(client, number))) return false;
    }
  }
  return true;
}

void MessageTraffic::look_who_lacks(base::Instant now) {
  look_at_ = all_have_heard_all() ? base::kForever : now + kLackLook;
  if (look_at_ == base::kForever) stage_.statistics.awaited.subtract();
}

// ---- Judging ------------------------------------------------------------------------------------

// Orders are compared among members that were there all the time and missed nothing.
bool MessageTraffic::judges_order(std::uint32_t client, std::uint32_t seat) const {
  return group_.publishers > 1 && seats_[seat_at(client, seat)].faultless && !member(client).slow &&
         stage_.clients.was_never_closed(client);
}

void MessageTraffic::account(Ledger& ledger) const {
  GroupLedger& group = ledger.groups[group_number_];
  for (const Publisher& publisher : publishers_) {
    group.sent_by(ledger_room(publisher.client), publisher.number) = publisher.sent;
  }
  for (std::uint32_t client = first_; client < first_ + size_; ++client) {
    for (std::uint32_t seat = 0; seat < group_.rooms_each; ++seat) {
      if (!judges_order(client, seat)) continue;
      group.orders[ledger_room(client, seat)].vote(seats_[seat_at(client, seat)].order_hash, 1);
    }
  }
}

// Who left early is counted as a disconnect; what it did not hear is not lost.
bool MessageTraffic::is_judged(std::uint32_t client) const {
  if (group_.churns) return member(client).present && stage_.clients.is_open(client);
  return stage_.clients.was_never_closed(client);
}

std::uint64_t MessageTraffic::missing_at(std::uint32_t client, std::uint32_t seat,
                                         const GroupLedger& ledger) const {
  const std::uint32_t room = ledger_room(client, seat);
  std::uint64_t missing = 0;
  for (std::uint32_t number = 0; number < group_.publishers; ++number) {
    const std::uint64_t sent = ledger.sent_by(room, number);
    missing += streams_[stream_at(seat_at(client, seat), number)].missing_of(sent);
  }
  return missing;
}

void MessageTraffic::judge_member(std::uint32_t client, const GroupLedger& ledger) {
  if (member(client).slow) stage_.statistics.count(Tally::slow_open);
  for (std::uint32_t seat = 0; seat < group_.rooms_each; ++seat) {
    const std::uint64_t missing = missing_at(client, seat, ledger);
    if (member(client).slow) {
      stage_.statistics.count(Tally::slow_missed, missing);
      continue;
    }
    audit_.lost += missing;
    if (missing > 0 || !judges_order(client, seat)) continue;
    const std::uint64_t order = ledger.orders[ledger_room(client, seat)].hash;
    if (seats_[seat_at(client, seat)].order_hash != order) ++audit_.disorder;
  }
}

void MessageTraffic::judge(const Ledger& ledger) {
  while (group_.open_loop() && schedule_.next() < stage_.window.stop) {
    ++stage_.statistics.unsent;
    schedule_.advance();
  }
  for (std::uint32_t client = first_; client < first_ + size_; ++client) {
    if (is_judged(client)) judge_member(client, ledger.groups[group_number_]);
  }
  stage_.statistics.audit.add(audit_);
  if (class_ != nullptr) class_->audit = audit_;
}

}  // namespace loadgen
