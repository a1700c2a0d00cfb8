#include "loadgen/scenarios/native_traffic.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "base/bytes.h"
#include "base/check.h"
#include "loadgen/clock.h"
#include "loadgen/native/native_names.h"
#include "loadgen/scenarios/due_sends.h"

namespace loadgen {

namespace {

constexpr std::uint64_t kSeedStride = 0xD1B54A32D192ED03U;  // Keeps the shards' draws apart.

constexpr std::uint64_t mix_order(std::uint64_t hash, const Stamp& stamp,
                                  std::uint64_t number) noexcept {
  hash = (hash ^ stamp.sequence ^ std::uint64_t{stamp.publisher} << 40U) * 0x9E3779B97F4A7C15U;
  hash = (hash ^ hash >> 31U ^ number) * 0xA0761D6478BD642FU;
  return hash ^ hash >> 29U;
}

// Whether a message is one of the share, spread evenly over those of its publisher. Whoever has the
// stamp can tell, so that members know what is asked of them from the message itself.
bool is_chosen(double share, std::uint32_t room, std::uint32_t publisher, std::uint64_t sequence) {
  constexpr double kGolden = 0.618033988749895;  // Publishers do not all begin with the same.
  const double phase = std::fmod((static_cast<double>(room) + publisher) * kGolden, 1.0);
  const auto position = static_cast<double>(sequence);
  return std::floor((position + 1) * share + phase) > std::floor(position * share + phase);
}

bool is_chosen(double share, const Stamp& stamp) {
  return is_chosen(share, stamp.room, stamp.publisher, stamp.sequence);
}

// Every other member has read a message, by its own word; the others have only got it.
constexpr bool reads(std::uint32_t client) noexcept { return client % 2 == 0; }

}  // namespace

NativeTraffic::NativeTraffic(const Stage& stage, std::size_t group)
    : stage_(stage),
      group_(stage.options.groups[group]),
      group_number_(group),
      first_(stage.clients.partition().below(group_.first_client)),
      size_(stage.clients.partition().below(group_.end_client()) - first_),
      codec_(stage.options.seed),
      prng_(stage.options.seed + (stage.clients.partition().shard + group) * kSeedStride),
      scratch_(group_.size.most / kTextPerByte) {}

void NativeTraffic::prepare() {
  const Partition& partition = stage_.clients.partition();
  members_.resize(size_);
  seats_.resize(std::uint64_t{size_} * group_.rooms_each);
  streams_.resize(seats_.size() * group_.publishers);
  for (std::uint32_t client = first_; client < first_ + size_; ++client) {
    member(client).home = group_.home_of(partition.global(client));
  }
  add_publishers();
  const std::uint64_t all = std::uint64_t{group_.rooms} * group_.publishers;
  const double share = static_cast<double>(publishers_.size()) / static_cast<double>(all);
  // Shards apart, and the tenants of each.
  const double tenants = static_cast<double>(stage_.options.groups.size());
  const double phase = partition.shard + static_cast<double>(group_number_) / tenants;
  schedule_ = Schedule({.rate = group_.rate * share,
                        .arrivals = stage_.options.arrivals,
                        .seed = prng_.next(),
                        .phase = phase / partition.shards});
}

// Ordered by number, then room: publishers that follow each other are of different rooms.
void NativeTraffic::add_publishers() {
  for (std::uint32_t client = first_; client < first_ + size_; ++client) {
    const std::uint32_t number = group_.local_of(number_of(client));
    if (number >= group_.publishers) continue;
    publishers_.push_back(
        {.client = client,
         .number = number,
         .audience = {.members = group_.members, .readers = readers_of(member(client).home)}});
  }
  std::ranges::sort(publishers_, [](const Publisher& a, const Publisher& b) {
    return std::tie(a.number, a.client) < std::tie(b.number, b.client);
  });
  for (std::uint32_t i = 0; i < publishers_.size(); ++i) {
    member(publishers_[i].client).publisher = i;
  }
}

std::uint32_t NativeTraffic::readers_of(std::uint32_t room) const {
  std::uint32_t readers = 0;
  for (std::uint32_t seat = 0; seat < group_.rooms_each; ++seat) {
    const std::uint32_t home = group_.room_at(room, group_.rooms - seat);
    const std::uint32_t first = group_.first_client + (home - group_.first_room) * group_.locals();
    for (std::uint32_t i = 0; i < group_.locals(); ++i) {
      if (reads(first + i)) ++readers;
    }
  }
  return readers;
}

void NativeTraffic::begin(base::Instant /*now*/) {
  if (!publishers_.empty()) schedule_.start(stage_.window.start);
}

void NativeTraffic::stop(base::Instant /*now*/) {}

// ---- Coming in ----------------------------------------------------------------------------------

void NativeTraffic::on_open(std::uint32_t client, base::Instant /*now*/) {
  member(client).arrival = Arrival::entering;
  stage_.statistics.awaited.add();
}

void NativeTraffic::stop_waiting(Member& member, Arrival arrival) {
  CHECK(member.arrival == Arrival::entering);
  stage_.statistics.awaited.subtract();
  member.arrival = arrival;
}

bool NativeTraffic::say(std::uint32_t client, std::string_view text) {
  return stage_.clients.say(client, protocol::Opcode::text, base::as_bytes(text));
}

void NativeTraffic::on_connected(std::uint32_t client, std::string_view text) {
  if (!greets(text, native_user(number_of(client)), native_tenant(group_number_))) {
    ++audit_.corrupt;
    return;
  }
  for (std::uint32_t seat = 0; seat < group_.rooms_each; ++seat) {
    text_.clear();
    append_join(text_, native_room(group_, group_.room_at(member(client).home, seat)), seat);
    static_cast<void>(say(client, text_));
  }
}

void NativeTraffic::on_joined(std::uint32_t client, std::string_view text) {
  Member& member = this->member(client);
  JoinedRoom joined;
  const bool known = read_joined(text, joined) && joined.request < group_.rooms_each &&
                     member.arrival == Arrival::entering;
  const auto number = static_cast<std::uint32_t>(joined.request);
  if (!known || !is_native_room(joined.room, group_, group_.room_at(member.home, number))) {
    ++audit_.corrupt;
    return;
  }
  seats_[seat_at(client, number)].joined_at = joined.number;
  if (++member.joined == group_.rooms_each) stop_waiting(member, Arrival::ready);
}

void NativeTraffic::on_close(std::uint32_t client, const engine::CloseInfo& /*info*/,
                             base::Instant /*now*/) {
  Member& member = this->member(client);
  if (member.arrival == Arrival::entering) stop_waiting(member, Arrival::away);
  if (member.publisher == kNoPublisher) return;
  stage_.statistics.awaited.subtract(publishers_[member.publisher].asked.open());
}

void NativeTraffic::on_connect_failed(std::uint32_t /*client*/,
                                      const engine::ConnectFailure& /*failure*/,
                                      base::Instant /*now*/) {}

// ---- Receiving ----------------------------------------------------------------------------------

// `now` is the start of the turn in which the message arrived, before any of the turn's own work:
// what the shard takes to look at its messages is not charged to the server.
void NativeTraffic::on_message(std::uint32_t client, protocol::Opcode opcode,
                               std::span<const std::byte> message, base::Instant now) {
  const std::string_view text = base::as_text(message);
  const NativeEvent event = opcode == protocol::Opcode::text ? event_of(text) : NativeEvent::other;
  switch (event) {
    case NativeEvent::received:
      on_received(client, text, now);
      break;
    case NativeEvent::sent:
      on_sent(client, text);
      break;
    case NativeEvent::receipts:
      on_receipts(client, text);
      break;
    case NativeEvent::connected:
      on_connected(client, text);
      break;
    case NativeEvent::joined:
      on_joined(client, text);
      break;
    case NativeEvent::member:
      on_member(client, text);
      break;
    case NativeEvent::error:
      on_error(client, text);
      break;
    case NativeEvent::other:
      ++stage_.statistics.unexpected_messages;
      break;
  }
}

void NativeTraffic::on_received(std::uint32_t client, std::string_view text, base::Instant now) {
  ReceivedChat chat;
  Stamp stamp;
  if (!read(text, chat, stamp)) {
    ++audit_.corrupt;
    return;
  }
  ++audit_.checked;
  const Member& member = this->member(client);
  const std::uint32_t number = group_.seat_of(member.home, stamp.room);
  if (number >= group_.rooms_each || stamp.publisher >= group_.publishers) {
    ++audit_.misdelivered;
    return;
  }
  const std::uint32_t sender =
      group_.first_client + (stamp.room - group_.first_room) * group_.locals() + stamp.publisher;
  if (!is_native_room(chat.room, group_, stamp.room) || !is_native_user(chat.sender, sender)) {
    ++audit_.corrupt;  // The content is whole, but not what is said of it.
    return;
  }
  if (!accept(seat_at(client, number), stamp, chat.number)) return;
  count_received(base::Instant{base::Duration{stamp.intended_ns}}, now);
  answer(client, stamp, chat);
}

bool NativeTraffic::read(std::string_view text, ReceivedChat& chat, Stamp& stamp) {
  return read_received(text, chat) &&
         codec_.read_text(base::as_bytes(chat.content), stamp, scratch_);
}

// The first one may have any number after those from before the member was there: others that came
// in later had numbers too.
StreamAudit::Verdict NativeTraffic::accept_number(Seat& seat, std::uint64_t number) noexcept {
  if (seat.first == 0) {
    if (number <= seat.joined_at) return StreamAudit::Verdict::late;
    seat.first = number;
    seat.numbers.start_at(number);
  }
  return seat.numbers.accept(number);
}

// False when the message is none that counts as received.
bool NativeTraffic::accept(std::uint64_t seat, const Stamp& stamp, std::uint64_t number) {
  using Verdict = StreamAudit::Verdict;
  Seat& at = seats_[seat];
  const Verdict verdict = streams_[stream_at(seat, stamp.publisher)].accept(stamp.sequence);
  if (verdict == Verdict::duplicate) {
    ++audit_.duplicates;
    return false;
  }
  const Verdict numbered = accept_number(at, number);
  // By its publisher's count or by its room's: once.
  const bool late =
      verdict == Verdict::late || numbered == Verdict::late || numbered == Verdict::duplicate;
  if (late) ++audit_.disorder;
  if (verdict == Verdict::ahead || numbered == Verdict::ahead) at.faultless = false;
  at.order_hash = mix_order(at.order_hash, stamp, number);
  return true;
}

void NativeTraffic::count_received(base::Instant intended, base::Instant now) {
  // Another shard may have sent it since our turn began, if that was a long one. When exactly it
  // came is not known then, but surely not later than now.
  if (intended > now) now = std::max(monotonic_now(), intended);
  stage_.statistics.received.add();
  stage_.statistics.record_latency(now - intended, stage_.window.measures(intended));
}

// A member says that it has the message, if that was asked of it; its publisher remembers under
// which number it came back.
void NativeTraffic::answer(std::uint32_t client, const Stamp& stamp, const ReceivedChat& chat) {
  const NativeOptions& native = stage_.options.native;
  const bool receipts = is_chosen(native.receipts_share, stamp);
  if (receipts) {
    text_.clear();
    append_receipt(text_, chat.id, reads(number_of(client)));
    static_cast<void>(say(client, text_));
  }
  if (!receipts && !is_chosen(native.acknowledged_share, stamp)) return;
  const Member& member = this->member(client);
  if (member.publisher == kNoPublisher || stamp.room != member.home) return;
  Publisher& publisher = publishers_[member.publisher];
  if (publisher.number == stamp.publisher)
    publisher.asked.on_delivered(stamp.sequence, chat.number);
}

// ---- Answers ------------------------------------------------------------------------------------

void NativeTraffic::on_sent(std::uint32_t client, std::string_view text) {
  const std::uint32_t number = member(client).publisher;
  Acknowledgement sent;
  if (number == kNoPublisher || !read_sent(text, sent)) {
    ++audit_.misreported;
    return;
  }
  Publisher& publisher = publishers_[number];
  const std::size_t open = publisher.asked.open();
  note(publisher.asked.on_sent(sent, publisher.audience));
  stage_.statistics.count(Tally::acknowledged);
  stage_.statistics.awaited.subtract(open - publisher.asked.open());
}

void NativeTraffic::on_receipts(std::uint32_t client, std::string_view text) {
  const std::uint32_t number = member(client).publisher;
  ReceiptTotals totals;
  if (number == kNoPublisher || !read_receipts(text, totals) ||
      !is_native_room(totals.room, group_, member(client).home)) {
    ++audit_.misreported;
    return;
  }
  Publisher& publisher = publishers_[number];
  const std::size_t open = publisher.asked.open();
  const AskedMessages::Verdict verdict = publisher.asked.on_receipts(totals, publisher.audience);
  note(verdict);
  if (verdict == AskedMessages::Verdict::settled) {
    stage_.statistics.count(Tally::receipted, totals.delivered);
  }
  stage_.statistics.awaited.subtract(open - publisher.asked.open());
}

void NativeTraffic::note(AskedMessages::Verdict verdict) {
  if (verdict == AskedMessages::Verdict::wrong) ++audit_.misreported;
}

// The room has numbered this as well, so that the next message is one further.
void NativeTraffic::on_member(std::uint32_t client, std::string_view text) {
  std::string_view room;
  if (!read_member(text, room)) {
    ++audit_.corrupt;
    return;
  }
  for (std::uint32_t seat = 0; seat < group_.rooms_each; ++seat) {
    if (!is_native_room(room, group_, group_.room_at(member(client).home, seat))) continue;
    Seat& at = seats_[seat_at(client, seat)];
    if (at.first != 0) ++at.others;
    return;
  }
  ++audit_.misdelivered;
}

// Whoever gets one before it is in its rooms will not get in.
void NativeTraffic::on_error(std::uint32_t client, std::string_view text) {
  stage_.statistics.errors.note_event(error_text(text));
  if (member(client).arrival == Arrival::entering) stop_waiting(member(client), Arrival::away);
}

// ---- Sending ------------------------------------------------------------------------------------

bool NativeTraffic::publish(Publisher& publisher, base::Instant intended) {
  const SizeRange& range = group_.size;
  std::size_t size = range.least;
  if (range.most > range.least) size += prng_.below(range.most - range.least + 1);
  size -= size % kTextPerByte;
  const std::uint32_t room = member(publisher.client).home;
  const Stamp stamp{.room = room,
                    .publisher = publisher.number,
                    .sequence = publisher.sent,
                    .intended_ns = intended.time_since_epoch().count()};
  const NativeOptions& native = stage_.options.native;
  const bool receipts = is_chosen(native.receipts_share, stamp);
  const bool asked = receipts || is_chosen(native.acknowledged_share, stamp);
  text_.clear();
  append_chat_head(text_, native_room(group_, room));
  const std::size_t content = text_.size();
  text_.resize(content + size);
  codec_.write_text({reinterpret_cast<std::byte*>(text_.data()) + content, size}, stamp, scratch_);
  append_chat_tail(text_, receipts, asked ? std::optional(stamp.sequence) : std::nullopt);
  const std::span<const std::byte> message = base::as_bytes(text_);
  if (!stage_.clients.send(publisher.client, protocol::Opcode::text, message)) return false;
  ++publisher.sent;
  stage_.statistics.owed.add(group_.members);
  if (asked) {
    publisher.asked.ask(stamp.sequence, receipts);
    stage_.statistics.awaited.add();
  }
  return true;
}

engine::StepResult NativeTraffic::pump(base::Instant now) {
  if (now < stage_.window.start) return engine::StepResult::done;
  return send_due(now);
}

engine::StepResult NativeTraffic::send_due(base::Instant now) {
  return loadgen::send_due(schedule_, stage_, publishers_.size(), turn_, now,
                           [this](std::uint32_t place, base::Instant intended) {
                             return publish(publishers_[place], intended);
                           });
}

base::Instant NativeTraffic::next_deadline() const {
  const base::Instant send = schedule_.next();
  return send < stage_.window.stop ? send : base::kForever;
}

// ---- Judging ------------------------------------------------------------------------------------

// Who left early is counted as a disconnect, who never got in as an error; what they did not hear
// is not lost.
bool NativeTraffic::is_judged(std::uint32_t client) const {
  return stage_.clients.was_never_closed(client) && member(client).arrival == Arrival::ready;
}

// Orders are compared among members that missed nothing.
bool NativeTraffic::judges_order(std::uint32_t client, std::uint32_t seat) const {
  return is_judged(client) && seats_[seat_at(client, seat)].faultless;
}

void NativeTraffic::account(Ledger& ledger) const {
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

void NativeTraffic::judge_seat(std::uint32_t client, std::uint32_t seat,
                               const GroupLedger& ledger) {
  const std::uint64_t at = seat_at(client, seat);
  const std::uint32_t room = ledger_room(client, seat);
  std::uint64_t sent = 0;
  std::uint64_t missing = 0;
  for (std::uint32_t number = 0; number < group_.publishers; ++number) {
    const std::uint64_t by_publisher = ledger.sent_by(room, number);
    sent += by_publisher;
    missing += streams_[stream_at(at, number)].missing_of(by_publisher);
  }
  audit_.lost += missing;
  if (missing > 0) return;
  // All messages are here: a number that nothing heard had was given to none.
  const Seat& heard = seats_[at];
  if (sent > 0 && heard.numbers.missing_of(heard.first + sent) > heard.others) ++audit_.disorder;
  if (!judges_order(client, seat)) return;
  if (heard.order_hash != ledger.orders[room].hash) ++audit_.disorder;
}

void NativeTraffic::judge_publisher(const Publisher& publisher) {
  audit_.misreported += publisher.asked.open();
  const std::uint64_t at = stream_at(seat_at(publisher.client, 0), publisher.number);
  const bool all_told = publisher.asked.open() == 0;
  const bool all_back = streams_[at].missing_of(publisher.sent) == 0;
  if (all_told && all_back && !publisher.asked.numbers_agree()) ++audit_.misreported;
}

void NativeTraffic::judge(const Ledger& ledger) {
  while (schedule_.next() < stage_.window.stop) {
    ++stage_.statistics.unsent;
    schedule_.advance();
  }
  for (std::uint32_t client = first_; client < first_ + size_; ++client) {
    if (!is_judged(client)) continue;
    for (std::uint32_t seat = 0; seat < group_.rooms_each; ++seat) {
      judge_seat(client, seat, ledger.groups[group_number_]);
    }
  }
  for (const Publisher& publisher : publishers_) {
    if (is_judged(publisher.client)) judge_publisher(publisher);
  }
  stage_.statistics.audit.add(audit_);
}

}  // namespace loadgen
