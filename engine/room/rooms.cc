// Members: joining, leaving, and what a room is to a session.
#include "engine/room/rooms.h"

#include <algorithm>
#include <bit>
#include <string>

#include "base/check.h"

namespace engine {

Rooms::Rooms(Shard& shard, Sessions& sessions, const RoomOptions& options)
    : shard_(shard),
      sessions_(sessions),
      rooms_(base::kRoomsPerShardMost),
      history_(home_, numbers_, options.history),
      options_(options) {
  sessions_.set_attachments(*this);
  shard_.connections().set_drained_mark(options.conflate_above_bytes);
}

Rooms::~Rooms() {
  PayloadPool& pool = shard_.connections().pools().payloads;
  rooms_.for_each([&pool](RoomHandle, Room& room) {
    if (room.work != nullptr) room.work->clear(pool);
    room.conflation.reset();
  });
}

RoomHandle Rooms::create(std::string_view name) {
  const RoomHandle handle = rooms_.try_insert();
  if (!handle) return handle;
  Room& room = *rooms_.find(handle);
  room.name = name;
  room.home_shard = HomeDirectory::home_of(name, shard_.shards());
  room.policy = options_.policies.of(name);
  if (room.policy == RoomPolicy::latest) {
    room.conflation = std::make_unique<Conflation>(shard_.connections().pools().payloads,
                                                   options_.keys_per_room_max);
  }
  names_.add(name, handle.index);
  counters_.rooms.add();
  return handle;
}

RoomHandle Rooms::find(std::string_view name) const noexcept {
  return names_.find_in(rooms_, name);
}

// Null or stale when there is no place for another room.
RoomHandle Rooms::find_or_create(std::string_view name) {
  if (const RoomHandle found = find(name)) return found;
  const RoomHandle handle = create(name);
  if (handle) subscribe(handle, *rooms_.find(handle));
  return handle;
}

JoinResult Rooms::join(SessionId session, std::string_view name, bool echo) {
  CHECK(name.size() <= base::kRoomNameBytesMax);
  // Its slot may be another's by now. Nothing follows, as for any session that ends first.
  if (!sessions_.is_alive(session)) return {.status = JoinResult::Status::pending};
  const RoomHandle handle = find_or_create(name);
  Room* room = rooms_.find(handle);
  if (room == nullptr) return {.status = JoinResult::Status::full};
  if (!room->home) {
    room->joins.push_front({session, echo});
    return {.status = JoinResult::Status::pending, .room = handle};
  }
  const std::uint32_t& chain = sessions_.attachment(session.slot);
  if (memberships_.find(chain, handle) == nullptr) add_member(handle, *room, session, echo);
  return {.status = JoinResult::Status::joined, .room = handle};
}

void Rooms::add_member(RoomHandle handle, Room& room, SessionId session, bool echo) {
  const auto place = static_cast<std::uint32_t>(room.members.size());
  std::uint32_t& chain = sessions_.attachment(session.slot);
  const std::uint32_t membership = memberships_.add(chain, handle, place, echo);
  room.members.push_back({session.slot, membership});
  counters_.memberships.add();
  count_size(room.population() - 1, room.population());
}

// As members come and go, for nobody may walk over all rooms at once.
void Rooms::count_size(std::uint32_t before, std::uint32_t now) noexcept {
  const auto octave = [](std::uint32_t members) {
    return std::min<std::size_t>(std::bit_width(members), base::kRoomSizeOctaves - 1);
  };
  if (octave(before) == octave(now)) return;
  if (before > 0) counters_.rooms_of_size[octave(before)].subtract();
  if (now > 0) counters_.rooms_of_size[octave(now)].add();
}

void Rooms::leave(SessionId session, RoomHandle handle) {
  Room* room = rooms_.find(handle);
  if (room == nullptr) return;
  const auto is_theirs = [&](const Room::Waiting& waiting) { return waiting.session == session; };
  room->joins.remove_if(is_theirs);
  room->recoveries.remove_if(is_theirs);
  if (!sessions_.is_alive(session)) return;  // It is out of all rooms when it is released.
  const std::uint32_t place = memberships_.remove(sessions_.attachment(session.slot), handle);
  if (place != Room::kVacant) remove_member(handle, place);
}

void Rooms::on_detach(SessionId session) {
  std::uint32_t& chain = sessions_.attachment(session.slot);
  while (chain != 0) {
    const RoomHandle handle = memberships_[chain].room;
    handler_->on_left(session, handle);
    remove_member(handle, memberships_.remove(chain, handle));
  }
}

void Rooms::remove_member(RoomHandle handle, std::uint32_t place) {
  Room& room = *rooms_.find(handle);
  CHECK(place < room.members.size());
  counters_.memberships.subtract();
  if (room.conflation != nullptr) room.conflation->stop_lagging(room.members[place].slot);
  if (room.fanning_out()) {
    room.members[place].slot = Room::kVacant;
    ++room.vacancies;
  } else {
    const Room::Member last = room.members.back();
    room.members.pop_back();
    if (place < room.members.size()) {
      room.members[place] = last;
      memberships_[last.membership].place = place;
    }
  }
  count_size(room.population() + 1, room.population());
  drop_if_empty(handle, room);
}

// The last member here has left: the home need not tell us any more.
void Rooms::drop_if_empty(RoomHandle handle, Room& room) {
  if (room.population() > 0 || room.awaited() || !room.home) return;
  if (room.home_shard == shard_.number()) {
    home_.unsubscribe(room.home, shard_.number(), handle);
  } else {
    shard_.mailbox().send(room.home_shard,
                          {.kind = static_cast<std::uint8_t>(RoomMessage::unsubscribe),
                           .sender = static_cast<std::uint16_t>(shard_.number()),
                           .target = room.home,
                           .source = handle});
  }
  if (room.work != nullptr) {
    backlog_bytes_ -= room.work->bytes();
    room.work->clear(shard_.connections().pools().payloads);
    settle_wanted(*room.work);
    rest(room);
  }
  room.conflation.reset();
  names_.remove(room.name, handle.index);
  rooms_.erase(handle);
  counters_.rooms.subtract();
}

std::uint8_t& Rooms::note_of(SessionId session, RoomHandle handle) noexcept {
  Membership* membership = memberships_.find(sessions_.attachment(session.slot), handle);
  CHECK(membership != nullptr);
  return membership->note;
}

// Closes the places that members left empty during a fan-out.
void Rooms::compact(Room& room) {
  std::uint32_t kept = 0;
  for (const Room::Member& member : room.members) {
    if (member.slot == Room::kVacant) continue;
    memberships_[member.membership].place = kept;
    room.members[kept++] = member;
  }
  room.members.resize(kept);
  room.vacancies = 0;
}

// What a message of this shard tells its room's home; from here on an answer to it is awaited.
inline Publication Rooms::begin_publication(SessionId publisher, protocol::Opcode opcode,
                                            const PublishOptions& how) {
  counters_.published.add();
  return {.shard = static_cast<std::uint16_t>(shard_.number()),
          .session = publisher,
          .opcode = opcode,
          .echo = how.echo,
          .keep = how.keep && history_.enabled(),
          .number_at = how.number_at,
          .key = how.key,
          .answer = how.ticket == 0 ? base::Handle{} : answers_.expect(publisher, how.ticket),
          .published_at = publishing_time(),
          .id = how.id};
}

bool Rooms::publish(SessionId session, RoomHandle handle, protocol::Opcode opcode,
                    std::span<const std::byte> message, const PublishOptions& how) {
  if (!sessions_.is_alive(session)) return false;
  const Room* room = rooms_.find(handle);
  const Membership* membership = memberships_.find(sessions_.attachment(session.slot), handle);
  if (room == nullptr || membership == nullptr) return false;
  Publication publication = begin_publication(session, opcode, how);
  publication.echo = membership->echo && how.echo;
  send_home(publication, room->home_shard, room->home, message);
  return true;
}

void Rooms::publish_to(std::string_view name, SessionId publisher, protocol::Opcode opcode,
                       std::span<const std::byte> message, const PublishOptions& how) {
  CHECK(name.size() <= base::kRoomNameBytesMax);
  // One that has left said it before: it is nobody's now, and nobody is left out.
  if (publisher != kNobody && !sessions_.is_alive(publisher)) publisher = kNobody;
  Publication publication = begin_publication(publisher, opcode, how);
  publication.room = name;
  send_home(publication, home_of(name), {}, message);
}

// Of a message whose way is measured; else the origin of time.
base::Instant Rooms::publishing_time() noexcept {
  if (measured_from_ == base::Instant{}) return {};
  const base::Instant now = shard_.driver().precise_now();
  latency_.route.record(static_cast<std::uint64_t>((now - measured_from_).count()));
  measured_from_ = {};
  return now;
}

// `home`: what the home calls the room, if that is known here; else the publication names it.
void Rooms::send_home(const Publication& publication, std::uint32_t home_shard, base::Handle home,
                      std::span<const std::byte> message) {
  CHECK(publication.id.size() <= base::kMessageIdBytesMax);
  if (home_shard == shard_.number()) {
    home_publish(home, publication, message, nullptr);
    return;
  }
  shard_.mailbox().send(home_shard, {.kind = static_cast<std::uint8_t>(RoomMessage::publish),
                                     .detail = publication.detail(),
                                     .sender = publication.shard,
                                     .target = home,
                                     .source = as_handle(publication.session),
                                     .parcel = make_parcel(publication, message)});
}

std::vector<std::pair<std::uint64_t, std::string>> Rooms::largest(std::size_t most) {
  std::vector<std::pair<std::uint64_t, RoomHandle>> found;
  const std::uint32_t end = std::min(rooms_.touched(), base::kRoomsRanked);
  for (std::uint32_t place = 0; place < end; ++place) {
    const RoomHandle handle = rooms_.handle_at(place);
    if (const Room* room = rooms_.find(handle); room != nullptr) {
      found.emplace_back(room->population(), handle);
    }
  }
  most = std::min(most, found.size());
  std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(most), found.end(),
                    [](const auto& one, const auto& other) { return one.first > other.first; });
  std::vector<std::pair<std::uint64_t, std::string>> entries;
  for (std::size_t i = 0; i < most; ++i) {
    entries.emplace_back(found[i].first, rooms_.find(found[i].second)->name);
  }
  return entries;
}

}  // namespace engine
