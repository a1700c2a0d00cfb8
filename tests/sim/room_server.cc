#include "tests/sim/room_server.h"

#include <algorithm>

#include "base/check.h"
#include "tests/sim/room_model.h"

namespace sim {

RoomServer::RoomServer(engine::Shard& shard, engine::ConnectionGate& gate,
                       const engine::SessionOptions& options, Trial& trial,
                       const engine::RoomOptions& rooms)
    : WebSocketShard(shard, gate, options, 1, rooms), trial_(trial) {
  CHECK(open().ok());
  set_handlers(*this, *this);
}

engine::Admission RoomServer::on_request(engine::SessionId id,
                                         const protocol::HttpRequest& /*request*/,
                                         bool upgradable) {
  trial_.verdict().expect(upgradable, "a client's request was no upgrade");
  const auto elsewhere = static_cast<std::uint32_t>(trial_.prng().below(shard().shards()));
  if (sessions().better_on(id, elsewhere)) {
    return {.verdict = engine::Admission::Verdict::elsewhere, .shard = elsewhere};
  }
  const std::uint64_t guest = next_guest_++;
  guests_[guest].socket = trial_.socket_of(shard(), id);
  return {.verdict = engine::Admission::Verdict::accept, .context = guest};
}

void RoomServer::on_open(engine::SessionId /*id*/) {}

void RoomServer::on_message(engine::SessionId id, protocol::Opcode opcode,
                            std::span<std::byte> payload) {
  Guest& guest = guests_.at(sessions().context(id));
  const std::optional<RoomTalk> talk = read_talk(payload);
  if (!talk.has_value()) {
    trial_.verdict().convict("a server heard what no client says");
    return;
  }
  switch (talk->word) {
    case Word::join:
      join(id, guest, talk->room, false);
      break;
    case Word::join_echo:
      join(id, guest, talk->room, true);
      break;
    case Word::leave:
      leave(id, guest, talk->room);
      break;
    case Word::publish: {
      // Half of them ask what became of it.
      const std::uint64_t ticket = talk->number % 2 == 0 ? talk->number : 0;
      if (ticket != 0) guest.unanswered.insert(ticket);
      const bool published =
          rooms().publish(id, guest.rooms.at(talk->room), opcode, payload,
                          {.key = RoomModel::key_of(talk->number), .ticket = ticket});
      trial_.verdict().expect(published, "a member was not let publish");
      break;
    }
    case Word::joined:
    case Word::join_failed:
    case Word::left:
      trial_.verdict().convict("a client talks like a server");
      break;
  }
}

void RoomServer::join(engine::SessionId id, Guest& guest, std::uint8_t room, bool echo) {
  const engine::JoinResult result = rooms().join(id, room_name(room), echo);
  switch (result.status) {
    case engine::JoinResult::Status::joined:
      guest.rooms[room] = result.room;
      answer(id, Word::joined, room);
      break;
    case engine::JoinResult::Status::pending:
      guest.pending[room] = result.room;
      break;
    case engine::JoinResult::Status::full:
      answer(id, Word::join_failed, room);
      break;
  }
}

void RoomServer::leave(engine::SessionId id, Guest& guest, std::uint8_t room) {
  // A client may change its mind before it is in.
  const bool in = guest.rooms.contains(room);
  rooms().leave(id, in ? guest.rooms.at(room) : guest.pending.at(room));
  guest.rooms.erase(room);
  guest.pending.erase(room);
  answer(id, Word::left, room);
}

void RoomServer::answer(engine::SessionId id, Word word, std::uint8_t room) {
  const std::vector<std::byte> bytes = write_talk({.word = word, .room = room});
  static_cast<void>(sessions().send(id, protocol::Opcode::binary, bytes));
}

void RoomServer::on_joined(engine::SessionId session, engine::RoomHandle room) {
  Guest& guest = guests_.at(sessions().context(session));
  const auto found = std::ranges::find_if(
      guest.pending, [room](const auto& pending) { return pending.second == room; });
  if (found == guest.pending.end()) {
    trial_.verdict().convict("joined without having asked, or after having left");
    return;
  }
  const std::uint8_t number = found->first;
  guest.pending.erase(found);
  guest.rooms[number] = room;
  answer(session, Word::joined, number);
}

void RoomServer::on_published(engine::SessionId session, std::uint64_t ticket,
                              const engine::PublishAnswer& answer) {
  ++answers_;
  // An answer follows each message; one that has left hears no more.
  if (!sessions().is_alive(session)) return;
  const std::size_t asked = guests_.at(sessions().context(session)).unanswered.erase(ticket);
  trial_.verdict().expect(asked == 1, "an answer that nobody asked for, or a second one");
  trial_.verdict().expect(answer.known, "an answer that knows nothing");
  trial_.verdict().expect(answer.remote <= answer.members.matched(),
                          "more members on other shards than there are");
}

void RoomServer::judge_answers() {
  for (const auto& [context, guest] : guests_) {
    trial_.verdict().expect(guest.unanswered.empty(), "a publisher was not answered");
  }
}

void RoomServer::on_join_failed(engine::SessionId /*session*/, std::string_view /*room*/) {
  trial_.verdict().convict("a home had no place for a room");
}

void RoomServer::on_close(engine::SessionId id, const engine::CloseInfo& info) {
  const auto guest = guests_.find(sessions().context(id));
  if (guest == guests_.end()) {
    trial_.verdict().convict("on_close() for a stranger or twice");
    return;
  }
  trial_.verdict().expect(info.reason != engine::CloseReason::violation,
                          "an honest client was found guilty of a violation");
  trial_.judge_timeout(guest->second.socket, info.reason);
  // A slow reader is sent away, by policy.
  if (info.reason == engine::CloseReason::send_queue_full) trial_.excuse(guest->second.socket);
  guests_.erase(guest);
}

void RoomServer::on_connect_failed(std::uint64_t /*context*/,
                                   const engine::ConnectFailure& /*failure*/) {
  trial_.verdict().convict("a connect failed on a server that connects nowhere");
}

}  // namespace sim
