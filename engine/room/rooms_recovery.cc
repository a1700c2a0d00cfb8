// Recovery: joining a room together with what one missed of it, without a gap and without a double.
//
// The answer of the home comes through the same lane as the room's messages, so when it is read all
// messages up to its number have been read, and none after. Those that still wait for their fan-out
// here reach the joiner live; what it is given are the ones before.
#include <algorithm>
#include <cstring>
#include <vector>

#include "base/bytes.h"
#include "base/check.h"
#include "engine/room/rooms.h"

namespace engine {

namespace {

constexpr std::size_t kPositionBytes = 16;

}  // namespace

// A room's place at its home is used again only with another generation.
std::uint64_t Rooms::epoch_of(base::Handle home) const noexcept {
  const std::uint64_t packed = std::uint64_t{home.generation} << 32U | home.index;
  return options_.epoch ^ (packed * 0x9E3779B97F4A7C15U);
}

void Rooms::recover(SessionId session, std::string_view name, bool echo,
                    const ResumePosition& from) {
  CHECK(name.size() <= base::kRoomNameBytesMax);
  if (!sessions_.is_alive(session)) return;
  const RoomHandle handle = find_or_create(name);
  Room* room = rooms_.find(handle);
  if (room == nullptr) {
    handler_->on_join_failed(session, name);
    return;
  }
  if (room->home_shard == shard_.number()) {
    std::vector<std::byte> missed;
    const bool complete = gather_missed(room->home, from, missed);
    finish_recovery(handle, session, echo, complete, missed);
    return;
  }
  const std::uint64_t ticket = ++last_recovery_;
  room->recoveries.push_front({.session = session, .echo = echo, .recovery = ticket});
  Parcel* parcel =
      shard_.parcels().allocate(static_cast<std::uint32_t>(kPositionBytes + name.size()));
  base::store_big64(parcel->bytes().data(), from.epoch);
  base::store_big64(parcel->bytes().data() + 8, from.number);
  std::memcpy(parcel->bytes().data() + kPositionBytes, name.data(), name.size());
  shard_.mailbox().send(room->home_shard,
                        {.kind = static_cast<std::uint8_t>(RoomMessage::recover),
                         .sender = static_cast<std::uint16_t>(shard_.number()),
                         .target = handle,
                         .source = {.index = static_cast<std::uint32_t>(ticket),
                                    .generation = static_cast<std::uint32_t>(ticket >> 32U)},
                         .parcel = parcel});
}

// ---- At the home --------------------------------------------------------------------------------

// True when nothing that was to be kept is missing. From another epoch nothing can be told.
bool Rooms::gather_missed(base::Handle handle, const ResumePosition& from,
                          std::vector<std::byte>& text) {
  const HomeRoom& home = *home_.find(handle);
  if (from.epoch != epoch_of(handle) || from.number > home.last_number) return false;
  // Where rooms remember, nothing of this one was worth it yet; else nobody knows.
  if (home.history == nullptr) return history_.enabled() || from.number == home.last_number;
  home.history->for_each(from.number, home.last_number, [&](const KeptMessage& message) {
    append_recovered(text, message);
    return true;
  });
  return from.number >= home.history->lost_through();
}

void Rooms::home_recover(const ShardMessage& message) {
  const std::span<const std::byte> parcel = message.parcel->bytes();
  const ResumePosition from{.epoch = base::load_big64(parcel.data()),
                            .number = base::load_big64(parcel.data() + 8)};
  // The asking shard subscribed before; where there was no place for that, it has been told.
  const base::Handle handle = home_.find(base::as_text(parcel.subspan(kPositionBytes)));
  const HomeRoom* home = home_.find(handle);
  if (home == nullptr) return;
  std::vector<std::byte> missed;
  const bool complete = gather_missed(handle, from, missed);
  shard_.mailbox().send(message.sender, {.kind = static_cast<std::uint8_t>(RoomMessage::recovered),
                                         .detail = static_cast<std::uint8_t>(complete),
                                         .sender = static_cast<std::uint16_t>(shard_.number()),
                                         .target = message.target,
                                         .source = message.source,
                                         .number = home->last_number,
                                         .parcel = make_parcel(missed)});
}

// ---- At the member's shard ----------------------------------------------------------------------

void Rooms::recovered(const ShardMessage& message) {
  Room* room = rooms_.find(message.target);
  if (room == nullptr) return;  // The home had no place, and who waited has been told.
  const std::uint64_t ticket =
      std::uint64_t{message.source.generation} << 32U | message.source.index;
  const auto found =
      std::find_if(room->recoveries.begin(), room->recoveries.end(),
                   [&](const Room::Waiting& join) { return join.recovery == ticket; });
  if (found != room->recoveries.end()) {
    CHECK(room->last_number == message.number);  // The lane keeps the home's order.
    const Room::Waiting join = *found;
    room->recoveries.remove_if([&](const Room::Waiting& one) { return one.recovery == ticket; });
    if (sessions_.is_alive(join.session)) {
      finish_recovery(message.target, join.session, join.echo, message.detail != 0,
                      message.parcel->bytes());
    }
  }
  room = rooms_.find(message.target);
  if (room != nullptr) drop_if_empty(message.target, *room);
}

void Rooms::finish_recovery(RoomHandle handle, SessionId session, bool echo, bool complete,
                            std::span<const std::byte> missed) {
  Room& room = *rooms_.find(handle);
  const Membership* membership = memberships_.find(sessions_.attachment(session.slot), handle);
  if (membership == nullptr) add_member(handle, room, session, echo);
  const std::vector<RecoveredMessage> messages = read_recovered(missed, room.batch_last);
  recovering_ = handle;
  handler_->on_recovered(session, handle,
                         {.complete = complete, .now = position(room), .messages = messages});
  recovering_ = {};
}

}  // namespace engine
