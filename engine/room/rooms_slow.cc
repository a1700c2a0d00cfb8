// Members that read too slowly: what each policy leaves out for them, how they catch up, and what
// they are told when they are sent away.
#include "base/check.h"
#include "engine/room/resume_text.h"
#include "engine/room/room_name.h"
#include "engine/room/rooms.h"

namespace engine {

namespace {

// How many messages of the batch are for the session.
std::uint32_t messages_for(const Batch& batch, SessionId session) {
  if (!batch.has_exclusions()) return batch.messages();
  return batch.for_session(session, [](Payload*, std::uint32_t, std::uint32_t) {});
}

}  // namespace

// ---- Rooms that leave out -----------------------------------------------------------------------

std::uint64_t Rooms::watermark(RoomPolicy policy) const noexcept {
  if (memory_level_ >= MemoryLevel::conflate) return 0;
  return policy == RoomPolicy::latest ? options_.conflate_above_bytes : options_.drop_above_bytes;
}

bool Rooms::takes_more(std::uint32_t slot, std::uint64_t watermark,
                       std::uint64_t bytes) const noexcept {
  return sessions_.queued_cost(slot) <= watermark && sessions_.has_room(slot, bytes);
}

// What becomes of the batch for a member of a room that may leave messages out, if that is not to
// get it now.
std::optional<Fate> Rooms::leave_out(Room& room, const Room::Member& member) {
  const std::uint32_t slot = member.slot;
  if (!sessions_.is_open(slot)) return Fate::dropped;
  const bool latest = room.policy == RoomPolicy::latest;
  Membership& membership = memberships_[member.membership];
  if (!membership.lagging && takes_more(slot, watermark(room.policy), room.work->active.bytes())) {
    return std::nullopt;
  }
  const std::uint32_t left_out = messages_for(room.work->active, sessions_.id_of(slot));
  if (!latest) {
    counters_.deliveries_skipped.add(left_out);
    return Fate::dropped;
  }
  counters_.deliveries_conflated.add(left_out);
  if (!membership.lagging) start_lagging(room, slot, membership);
  return Fate::conflated;
}

void Rooms::begin_conflation(Room& room) {
  room.conflation->begin_batch();
  if (room.conflation->anybody_lags()) counters_.keys_evicted.add(room.conflation->keep_active());
}

void Rooms::start_lagging(Room& room, std::uint32_t slot, Membership& membership) {
  membership.lagging = true;
  counters_.keys_evicted.add(room.conflation->start_lagging(slot, room.work->batch_first - 1));
  sessions_.watch(slot);
}

// Sends that completed left members with little enough: their rooms serve them between two batches.
void Rooms::note_drained() {
  // By place: whoever hears of it may do what drains another.
  for (std::size_t i = 0; i < drained_.size(); ++i) {
    const SessionId session = drained_[i];
    if (!sessions_.is_alive(session)) continue;
    handler_->on_drained(session);
    if (!sessions_.is_alive(session)) continue;
    memberships_.for_each(sessions_.attachment(session.slot), [&](const Membership& membership) {
      if (!membership.lagging) return;
      Room& room = *rooms_.find(membership.room);
      room.conflation->ready.push_back(session);
      make_runnable(membership.room, room);
    });
  }
  drained_.clear();
}

void Rooms::serve_drained(Room& room) {
  for (const SessionId session : room.conflation->ready) {
    if (!sessions_.is_open(session)) continue;
    memberships_.for_each(sessions_.attachment(session.slot), [&](Membership& membership) {
      // It may have left and joined anew meanwhile.
      if (membership.lagging && rooms_.find(membership.room) == &room) {
        catch_up(room, session, membership);
      }
    });
  }
  room.conflation->ready.clear();
}

// Gives the member the newest values that it lacks, oldest first, as far as they fit its queue.
void Rooms::catch_up(Room& room, SessionId session, Membership& membership) {
  const std::uint32_t slot = session.slot;
  Conflation& conflation = *room.conflation;
  std::uint64_t given = conflation.last_given(slot);
  const bool all = conflation.for_newer_than(given, [&](const Conflation::Value& value) {
    if (value.withheld_from != session) {
      const std::uint32_t size = value.frame->used();
      if (!takes_more(slot, watermark(room.policy), size)) return false;
      sessions_.push_frames(slot, value.frame, 0, size);
      sessions_.count_out(slot, 1, size);
      counters_.deliveries_caught_up.add();
    }
    given = value.number;
    return true;
  });
  if (all) {
    membership.lagging = false;
    conflation.stop_lagging(slot);
  } else {
    conflation.set_last_given(slot, given);
    sessions_.watch(slot);
  }
}

// ---- Rooms that do not --------------------------------------------------------------------------

// The room whose batch found the queue full comes first. Of a room whose missed messages are just
// being given nobody can say how far that has got.
std::size_t Rooms::write_resume_points(SessionId session, std::span<char> reason) {
  ResumeText text(reason);
  const std::uint32_t chain = sessions_.attachment(session.slot);
  const auto is_told = [&](const Membership& membership) {
    const Room& room = *rooms_.find(membership.room);
    return room.policy == RoomPolicy::reliable && is_shown(room.name) &&
           membership.room != recovering_;
  };
  std::uint32_t told = 0;
  memberships_.for_each(
      chain, [&](const Membership& membership) { told += is_told(membership) ? 1U : 0U; });
  const auto add = [&](const Membership& membership) {
    if (!is_told(membership)) return;
    const Room& room = *rooms_.find(membership.room);
    text.add(room.last_given(membership.place),
             told > 1 ? without_tag(room.name) : std::string_view{});
  };
  const Membership* first = memberships_.find(chain, running_);
  if (first != nullptr) add(*first);
  memberships_.for_each(chain, [&](const Membership& membership) {
    if (&membership != first) add(membership);
  });
  return text.size();
}

}  // namespace engine
