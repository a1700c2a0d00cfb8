// Fan-out: carries each room's batch of a turn to its members' send queues, a bounded share a turn.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "engine/room/rooms.h"

namespace engine {

namespace {

// How far ahead of the fan-out members' records are fetched into the cache.
constexpr std::uint32_t kPrefetchAhead = 8;
// Of turns in which more rooms wait than have their go, one in so many is so many times as long.
constexpr std::uint32_t kProbeEvery = 16;
constexpr std::uint32_t kProbeTimes = 4;

}  // namespace

void Rooms::make_runnable(RoomHandle handle, Room& room) {
  if (room.runnable) return;
  room.runnable = true;
  runnable_.push_back(handle);
}

// A turn of few deliveries keeps everybody's wait short. But where rooms share members, a longer
// one gives each of these one send for several rooms: then it pays, and grows while it does. It is
// never more than a go for each room that waits, for which whoever speaks would have to wait
// anyway. Rooms that take turns may hide in a short turn that they share members, so now and then
// one is longer.
std::uint32_t Rooms::turn_budget() noexcept {
  const std::uint64_t a_go_for_each = runnable_.size() * std::uint64_t{base::kDeliveriesPerRoomGo};
  const bool probes = a_go_for_each > budget_ && ++turns_crowded_ % kProbeEvery == 0;
  const std::uint64_t most =
      probes ? std::min(budget_ * kProbeTimes, base::kDeliveriesPerTurnMost) : budget_;
  return static_cast<std::uint32_t>(
      std::clamp<std::uint64_t>(a_go_for_each, base::kDeliveriesPerTurn, most));
}

void Rooms::adapt_budget(std::uint32_t budget, std::uint64_t visited,
                         std::uint64_t sends) noexcept {
  const bool pays = visited * base::kSharedSendsPart > sends * (base::kSharedSendsPart + 1);
  const std::uint32_t wanted = pays ? std::max(budget_, budget) * 2 : budget_ / 2;
  budget_ = std::clamp(wanted, base::kDeliveriesPerTurn, base::kDeliveriesPerTurnMost);
  counters_.fan_out_budget.set(budget_);
  counters_.fan_out_visits.add(visited);
  counters_.fan_out_sends.add(sends);
}

StepResult Rooms::fan_out() {
  if (!drained_.empty()) [[unlikely]]
    note_drained();
  const std::uint32_t whole = turn_budget();
  std::uint32_t budget = whole;
  const std::size_t listed = shard_.connections().waiting_to_flush();
  std::uint64_t visited = 0;
  while (!runnable_.empty() && budget > 0) {
    const RoomHandle handle = runnable_.pop_front();
    Room* room = rooms_.find(handle);
    if (room == nullptr) continue;  // Its last member has left.
    room->runnable = false;
    running_ = handle;
    if (room->conflation != nullptr) [[unlikely]] {
      if (!room->fanning_out()) serve_drained(*room);
      if (room->work == nullptr) continue;
    }
    // Even an empty go costs something, so that a list of empty rooms ends the turn too.
    const std::uint32_t members = run_room(*room, std::min(budget, base::kDeliveriesPerRoomGo));
    budget -= std::min(budget, 1 + members);
    visited += members;
    if (room->has_work()) make_runnable(handle, *room);
  }
  running_ = {};
  if (visited > 0) adapt_budget(whole, visited, shard_.connections().waiting_to_flush() - listed);
  if (!answers_.done().empty()) [[unlikely]]
    give_answers();
  counters_.backlog_bytes.set(backlog_bytes_);
  return runnable_.empty() ? StepResult::done : StepResult::more;
}

// Queues the batch for one member, all of it or nothing. Returns how many messages it gets.
inline Rooms::Given Rooms::give_batch(const Room& room, std::uint32_t slot) {
  const Batch& batch = room.work->active;
  const SendResult result = sessions_.make_room(slot, batch.bytes());
  if (result != SendResult::queued) {
    if (result == SendResult::full) counters_.deliveries_dropped.add(batch.messages());
    return {.queued = false, .messages = 0};
  }
  if (batch.has_exclusions()) {
    std::uint64_t bytes = 0;
    const auto push = [&](Payload* payload, std::uint32_t offset, std::uint32_t size) {
      bytes += size;
      sessions_.push_frames(slot, payload, offset, size);
    };
    const std::uint32_t messages = batch.for_session(sessions_.id_of(slot), push);
    sessions_.count_out(slot, messages, bytes);
    return {.queued = true, .messages = messages};
  }
  sessions_.count_out(slot, batch.messages(), batch.bytes());
  for (const Batch::Stretch& stretch : batch.stretches()) {
    sessions_.push_frames(slot, stretch.payload, stretch.offset, stretch.size);
  }
  return {.queued = true, .messages = batch.messages()};
}

// The members from the cursor to `end`. Returns how many messages they get.
template <bool lossy, bool counted>
std::uint64_t Rooms::visit(Room& room, std::uint32_t end) {
  std::uint64_t delivered = 0;
  RoomWork& work = *room.work;
  for (std::uint32_t place = work.cursor; place < end; ++place) {
    if (place + kPrefetchAhead < end) {
      const std::uint32_t ahead = room.members[place + kPrefetchAhead].slot;
      if (ahead != Room::kVacant) sessions_.prefetch(ahead);
    }
    const std::uint32_t slot = room.members[place].slot;
    if (slot == Room::kVacant) continue;
    if constexpr (lossy) {
      const std::optional<Fate> left_out = leave_out(room, room.members[place]);
      if (left_out) {
        if constexpr (counted) work.wanted.note(sessions_.id_of(slot), *left_out);
        continue;
      }
    }
    if constexpr (!counted) {
      delivered += give_batch(room, slot).messages;
    } else {
      const SessionId member = sessions_.id_of(slot);
      const Given given = give_batch(room, slot);
      delivered += given.messages;
      work.wanted.note(member, given.queued ? Fate::queued : Fate::dropped);
    }
  }
  return delivered;
}

// Visits up to `budget` members. Returns how many.
std::uint32_t Rooms::run_room(Room& room, std::uint32_t budget) {
  if (!room.fanning_out()) begin_batch(room);
  RoomWork& work = *room.work;
  const std::uint32_t begin = work.cursor;
  const std::uint32_t end = std::min(work.active_end, begin + budget);
  const bool lossy = room.policy != RoomPolicy::reliable;
  const bool counted = work.wanted.batch_is_wanted();
  if (!counted) [[likely]] {
    counters_.deliveries.add(lossy ? visit<true, false>(room, end)
                                   : visit<false, false>(room, end));
  } else {
    counters_.deliveries.add(lossy ? visit<true, true>(room, end) : visit<false, true>(room, end));
  }
  work.cursor = end;
  if (end == work.active_end) finish_batch(room);
  return end - begin;
}

void Rooms::measure_message() noexcept {
  measured_from_ = shard_.driver().precise_now();
  const base::Duration waited = measured_from_ - shard_.reactor().now();
  latency_.receive.record(static_cast<std::uint64_t>(waited.count()));
}

// In the turn after: what was in the queues has been sent by the end of the turn before.
void Rooms::measure_write() noexcept {
  const base::Instant sent = handed_in_ + shard_.driver().worked();
  const base::Duration took = std::max(sent - handed_over_, base::Duration::zero());
  latency_.write.record(static_cast<std::uint64_t>(took.count()));
  handed_over_ = {};
}

// Of a room that gets a message; it has some until rest().
RoomWork& Rooms::work_of(Room& room) {
  if (room.work == nullptr) {
    room.work = works_.take();
    room.work->open.expect(room.expected_bytes);
  }
  return *room.work;
}

// Nothing of it waits any more.
void Rooms::rest(Room& room) {
  room.expected_bytes = room.work->active.expected_bytes();
  works_.put_back(std::move(room.work));
}

void Rooms::begin_batch(Room& room) {
  RoomWork& work = *room.work;
  std::swap(work.open, work.active);
  work.active_measured = std::exchange(work.open_measured, {});
  work.cursor = 0;
  work.active_end = static_cast<std::uint32_t>(room.members.size());
  work.batch_first = room.batch_last + 1;
  room.batch_last = room.last_number;
  DCHECK(room.batch_last - work.batch_first + 1 == work.active.messages());
  counters_.fan_outs.add();
  if (!work.wanted.empty()) [[unlikely]]
    work.wanted.begin_batch();
  if (room.conflation != nullptr) [[unlikely]]
    begin_conflation(room);
}

void Rooms::finish_batch(Room& room) {
  RoomWork& work = *room.work;
  if (work.active_measured != base::Instant{}) [[unlikely]] {
    handed_over_ = shard_.driver().precise_now();
    handed_in_ = shard_.reactor().now();
    const base::Duration queued = handed_over_ - work.active_measured;
    latency_.queue.record(static_cast<std::uint64_t>(queued.count()));
  }
  backlog_bytes_ -= work.active.bytes();
  work.active.clear(shard_.connections().pools().payloads);
  if (room.conflation != nullptr) [[unlikely]]
    room.conflation->end_batch();
  if (work.wanted.batch_is_wanted()) [[unlikely]]
    tell_wanted(work);
  if (work.open.empty()) rest(room);
  if (room.vacancies > 0) compact(room);
}

}  // namespace engine
