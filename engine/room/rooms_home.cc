// Between shards: subscribing to a room's home, and what the home does for its subscribers.
#include <cstring>
#include <forward_list>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/check.h"
#include "engine/room/rooms.h"

namespace engine {

namespace {

std::uint8_t kind_of(RoomMessage message) noexcept { return static_cast<std::uint8_t>(message); }

}  // namespace

Parcel* Rooms::make_parcel(std::span<const std::byte> bytes) {
  Parcel* parcel = shard_.parcels().allocate(static_cast<std::uint32_t>(bytes.size()));
  if (!bytes.empty()) std::memcpy(parcel->bytes().data(), bytes.data(), bytes.size());
  return parcel;
}

Parcel* Rooms::make_parcel(const Publication& publication, std::span<const std::byte> message) {
  const std::size_t head = publication.head_bytes();
  Parcel* parcel = shard_.parcels().allocate(static_cast<std::uint32_t>(head + message.size()));
  publication.write_head(parcel->bytes().first(head));
  if (!message.empty()) {
    std::memcpy(parcel->bytes().data() + head, message.data(), message.size());
  }
  return parcel;
}

void Rooms::on_shard_message(const ShardMessage& message) {
  switch (static_cast<RoomMessage>(message.kind)) {
    case RoomMessage::subscribe:
      home_subscribe(base::as_text(message.parcel->bytes()), message.sender, message.source);
      break;
    case RoomMessage::subscribed:
      subscribed(message);
      break;
    case RoomMessage::unsubscribe:
      home_.unsubscribe(message.target, message.sender, message.source);
      break;
    case RoomMessage::publish: {
      const Publication publication = publication_of(message);
      home_publish(message.target, publication,
                   message.parcel->bytes().subspan(publication.head_bytes()), message.parcel);
      break;
    }
    case RoomMessage::deliver: {
      const Publication publication = publication_of(message);
      deliver(message.target, publication,
              message.parcel->bytes().subspan(publication.head_bytes()), message.number);
      break;
    }
    case RoomMessage::numbered:
      answers_.number_is(message.target, message.number, message.source.index,
                         message.source.generation != 0);
      break;
    case RoomMessage::counted:
      answers_.add_part(message.target,
                        {.queued = message.source.index,
                         .conflated = message.source.generation,
                         .dropped = static_cast<std::uint32_t>(message.number)},
                        true);
      break;
    case RoomMessage::recover:
      home_recover(message);
      break;
    case RoomMessage::recovered:
      recovered(message);
      break;
    case RoomMessage::marked:
      if (Room* room = rooms_.find(message.target); room != nullptr) room->mark = message.detail;
      break;
  }
  if (message.parcel != nullptr) message.parcel->release();
}

// ---- As a subscriber ----------------------------------------------------------------------------

// Asks the home to tell this shard of the room's messages. At home the answer is there at once.
void Rooms::subscribe(RoomHandle handle, Room& room) {
  if (room.home_shard == shard_.number()) {
    room.home = home_.subscribe(room.name, shard_.number(), handle);
    if (const HomeRoom* home = home_.find(room.home); home != nullptr) {
      room.last_number = room.batch_last = home->last_number;
      room.mark = home->mark;
    } else {
      fail_joins(handle, room);
    }
    return;
  }
  shard_.mailbox().send(room.home_shard, {.kind = kind_of(RoomMessage::subscribe),
                                          .sender = static_cast<std::uint16_t>(shard_.number()),
                                          .source = handle,
                                          .parcel = make_parcel(base::as_bytes(room.name))});
}

// The home has answered: from here on this shard hears every message.
void Rooms::subscribed(const ShardMessage& message) {
  const RoomHandle handle = message.target;
  Room* room = rooms_.find(handle);
  CHECK(room != nullptr);  // A room without an answer is not dropped.
  if (!message.source) {
    fail_joins(handle, *room);
    return;
  }
  room->home = message.source;
  room->last_number = room->batch_last = message.number;
  room->mark = message.detail;
  // The handler may let anybody leave, those included who wait; while one waits the room stays.
  room->joins.reverse();
  while (!room->joins.empty()) {
    const Room::Waiting join = room->joins.front();
    room->joins.pop_front();
    if (!sessions_.is_alive(join.session)) continue;
    const std::uint32_t chain = sessions_.attachment(join.session.slot);
    if (memberships_.find(chain, handle) != nullptr) continue;
    add_member(handle, *room, join.session, join.echo);
    handler_->on_joined(join.session, handle);
    room = rooms_.find(handle);
    if (room == nullptr) return;  // The handler let the last member leave.
  }
  drop_if_empty(handle, *room);
}

// The home has no place for another room.
void Rooms::fail_joins(RoomHandle handle, Room& room) {
  std::forward_list<Room::Waiting> waiting = std::move(room.joins);
  waiting.splice_after(waiting.before_begin(), room.recoveries);
  waiting.reverse();
  names_.remove(room.name, handle.index);
  const std::string name = std::move(room.name);
  rooms_.erase(handle);
  counters_.rooms.subtract();
  for (const Room::Waiting& join : waiting) {
    if (sessions_.is_alive(join.session)) handler_->on_join_failed(join.session, name);
  }
}

void Rooms::deliver(RoomHandle handle, const Publication& publication,
                    std::span<const std::byte> message, std::uint64_t number) {
  Room* room = rooms_.find(handle);
  if (room == nullptr) {
    counters_.stale_messages.add();
    if (publication.answer) answer_part({publication.shard, publication.answer}, {});
    return;
  }
  CHECK(number == room->last_number + 1);  // The lane keeps the home's order, and loses nothing.
  room->last_number = number;
  RoomWork& work = work_of(*room);
  const std::uint64_t before = work.open.bytes();
  work.open.append(shard_.connections().pools().payloads, publication.opcode, message);
  backlog_bytes_ += work.open.bytes() - before;
  if (publication.published_at != base::Instant{}) [[unlikely]] {
    const base::Instant now = shard_.driver().precise_now();
    latency_.ring.record(static_cast<std::uint64_t>((now - publication.published_at).count()));
    work.open_measured = now;
  }
  if (publication.number_at != kNowhere) {
    numbers_.write(work.open.last_message(message.size()), publication.number_at, number);
  }
  const bool withhold = !publication.echo && publication.shard == shard_.number();
  if (withhold) work.open.exclude_last(publication.session);
  if (room->conflation != nullptr) [[unlikely]] {
    room->conflation->note(publication.key, number, work.open,
                           withhold ? publication.session : kNobody);
  }
  if (publication.answer) [[unlikely]] {
    work.wanted.want({publication.shard, publication.answer},
                     withhold ? publication.session : kNobody);
  }
  make_runnable(handle, *room);
}

// ---- As the home --------------------------------------------------------------------------------

void Rooms::home_subscribe(std::string_view name, std::uint32_t shard, RoomHandle room) {
  const base::Handle home = home_.subscribe(name, shard, room);
  const HomeRoom* found = home_.find(home);
  shard_.mailbox().send(shard, {.kind = kind_of(RoomMessage::subscribed),
                                .detail = found == nullptr ? std::uint8_t{} : found->mark,
                                .sender = static_cast<std::uint16_t>(shard_.number()),
                                .target = room,
                                .source = home,
                                .number = found == nullptr ? 0 : found->last_number});
}

std::uint32_t Rooms::tally(base::Handle handle, bool up) noexcept {
  HomeRoom* home = home_.find(handle);
  CHECK(home != nullptr);
  CHECK(up || home->tally > 0);
  return up ? ++home->tally : --home->tally;
}

void Rooms::set_mark(base::Handle handle, std::uint8_t mark) {
  HomeRoom* home = home_.find(handle);
  CHECK(home != nullptr);
  home->mark = mark;
  for (const HomeRoom::Subscription& each : home->subscriptions) {
    if (each.shard == shard_.number()) {
      rooms_.find(each.room)->mark = mark;
      continue;
    }
    shard_.mailbox().send(each.shard, {.kind = kind_of(RoomMessage::marked),
                                       .detail = mark,
                                       .sender = static_cast<std::uint16_t>(shard_.number()),
                                       .target = each.room});
  }
}

// A message with its id has been numbered: its publisher is told so, and nobody gets it again.
bool Rooms::is_retry(const HomeRoom& home, const Publication& publication) {
  if (publication.id.empty()) return false;
  const std::uint64_t number = recent_ids_.find(home.name, publication.id, shard_.reactor().now());
  if (number == 0) return false;
  answer_number(publication, number, 0, true);
  return true;
}

// Numbers a message and hands it to every shard that has members. `parcel` holds the message if it
// came from another shard.
void Rooms::home_publish(base::Handle handle, const Publication& publication,
                         std::span<const std::byte> message, Parcel* parcel) {
  if (!publication.room.empty()) {
    handle =
        publication.keep ? home_.find_or_create(publication.room) : home_.find(publication.room);
  }
  HomeRoom* home = home_.find(handle);
  if (home == nullptr) {
    // Nobody is there. A member's shard says farewell behind what the member published, but a
    // member's room may have ended with its shard's last turn.
    counters_.stale_messages.add();
    answer_number(publication, 0, 0);
    return;
  }
  if (is_retry(*home, publication)) {
    home_.drop_if_unused(handle);  // It may be here for this message alone.
    return;
  }
  const std::uint64_t number = ++home->last_number;
  if (!publication.id.empty()) {
    recent_ids_.add(home->name, publication.id, number, shard_.reactor().now());
  }
  answer_number(publication, number, static_cast<std::uint32_t>(home->subscriptions.size()));
  if (publication.keep) {
    history_.keep(handle, *home, publication, message, shard_.reactor().now());
  }
  forward(*home, publication, message, parcel);
}

void Rooms::forward(const HomeRoom& home, const Publication& publication,
                    std::span<const std::byte> message, Parcel* parcel) {
  Parcel* made = nullptr;
  for (const HomeRoom::Subscription& subscription : home.subscriptions) {
    if (subscription.shard == shard_.number()) {
      deliver(subscription.room, publication, message, home.last_number);
      continue;
    }
    // One is made only when some other shard needs it.
    if (parcel == nullptr) parcel = made = make_parcel(publication, message);
    parcel->retain(1);
    shard_.mailbox().send(subscription.shard, {.kind = kind_of(RoomMessage::deliver),
                                               .detail = publication.detail(),
                                               .sender = publication.shard,
                                               .target = subscription.room,
                                               .source = as_handle(publication.session),
                                               .number = home.last_number,
                                               .parcel = parcel});
  }
  if (made != nullptr) made->release();
}

}  // namespace engine
