#include "tests/sim/room_clients.h"

#include <algorithm>

#include "base/check.h"
#include "engine/session/session_counters.h"

namespace sim {

namespace {

using std::chrono::seconds;

constexpr base::Duration kRetryMost = seconds{1};
constexpr std::uint64_t kJoinsOneIn = 3;    // Of the moves outside of a room.
constexpr std::uint64_t kLeavesOneIn = 10;  // Of the moves inside.

}  // namespace

RoomClients::RoomClients(engine::Shard& shard, engine::ConnectionGate& gate,
                         const engine::SessionOptions& options, Trial& trial, RoomModel& model,
                         const RoomPlan& plan)
    : WebSocketShard(shard, gate, options, 0),
      trial_(trial),
      model_(model),
      plan_(plan),
      prng_(trial.prng().next()),
      clients_(plan.clients) {
  CHECK(open().ok());
  set_handlers(*this, *this);
  for (std::uint32_t i = 0; i < plan.clients; ++i) {
    clients_[i].number = i;
    begin_life(clients_[i], 0);
  }
}

bool RoomClients::settled() const noexcept {
  return std::all_of(clients_.begin(), clients_.end(), [](const Client& client) {
    return client.mood == Mood::dead || client.mood == Mood::staying;
  });
}

// ---- What a client does of itself ---------------------------------------------------------------

engine::StepResult RoomClients::expire(base::Instant now) {
  for (Client& client : clients_) {
    if (client.next_at > now) continue;
    client.next_at = base::kForever;
    act(client);
  }
  return WebSocketShard::expire(now);
}

base::Instant RoomClients::next_deadline() const {
  base::Instant next = WebSocketShard::next_deadline();
  for (const Client& client : clients_) next = std::min(next, client.next_at);
  return next;
}

void RoomClients::pause(Client& client, base::Duration most) {
  client.next_at = trial_.network().now() + trial_.network().draw_duration(most);
}

void RoomClients::begin_life(Client& client, std::uint32_t life) {
  const std::uint32_t number = client.number;
  client = Client{};
  client.number = number;
  client.life = life;
  client.next_at = base::kForever;
  client.moves_left = static_cast<std::uint32_t>(prng_.below(plan_.moves_most + 1));
  const bool over = life == plan_.lives || goodbye_;
  client.mood = over ? Mood::dead : Mood::waiting;
  if (!over) pause(client, kRetryMost);
}

void RoomClients::act(Client& client) {
  if (client.mood == Mood::talking) {
    move(client);
  } else if (client.mood == Mood::waiting && goodbye_) {
    client.mood = Mood::dead;
  } else if (client.mood == Mood::waiting) {
    client.mood = Mood::connecting;
    sessions().connect(plan_.server, {.host = "sim", .target = "/", .context = client.number});
  }
}

void RoomClients::move(Client& client) {
  if (client.moves_left == 0) return end_life(client);
  --client.moves_left;
  const auto room = static_cast<std::uint8_t>(prng_.below(plan_.rooms));
  Visit& visit = client.visits[room];
  if (visit.place == Place::outside && prng_.below(kJoinsOneIn) == 0) {
    visit.echo = prng_.below(2) == 0;
    visit.place = Place::joining;
    say(client, {.word = visit.echo ? Word::join_echo : Word::join, .room = room});
  } else if ((visit.place == Place::inside || visit.place == Place::joining) &&
             prng_.below(kLeavesOneIn) == 0) {
    if (visit.has_stay) model_.weaken_stay(visit.stay);
    visit.place = Place::leaving;
    say(client, {.word = Word::leave, .room = room});
  } else if (visit.place == Place::inside) {
    for (std::uint64_t burst = 1 + prng_.below(plan_.burst_most); burst > 0; --burst) {
      const std::uint64_t number = model_.publish(visit.stay, trial_.network().now());
      if (!say(client, {.word = Word::publish, .room = room, .number = number})) break;
    }
  }
  pause(client, plan_.think_most);
}

// False when the session is gone; on_close() is then on its way.
bool RoomClients::say(Client& client, const RoomTalk& talk) {
  const std::vector<std::byte> bytes = write_talk(talk);
  const engine::SendResult result =
      sessions().send(client.session, protocol::Opcode::binary, bytes);
  if (result == engine::SendResult::queued) return true;
  // Nothing of this life is sure any more: its connection is gone, or its own queue is full.
  trial_.excuse(client.socket);
  return false;
}

void RoomClients::end_life(Client& client) {
  if (client.life + 1 == plan_.lives && plan_.stay) {
    client.mood = Mood::staying;
    return;
  }
  client.mood = Mood::closing;
  client.timeouts_before = session_counters().close_timeouts.value();
  for (const Visit& visit : client.visits) {
    if (visit.has_stay) model_.weaken_stay(visit.stay);
  }
  if (prng_.below(4) == 0) {
    trial_.excuse(client.socket);
    sessions().abort(client.session);
  } else {
    sessions().close(client.session, protocol::CloseCode::normal, "done");
  }
}

// ---- What it hears ------------------------------------------------------------------------------

void RoomClients::on_open(engine::SessionId id) {
  Client& client = clients_[sessions().context(id)];
  if (client.mood != Mood::connecting) convict(client, "opened without having connected");
  client.mood = Mood::talking;
  client.session = id;
  client.socket = trial_.socket_of(shard(), id);
  pause(client, plan_.think_most);
}

void RoomClients::on_message(engine::SessionId id, protocol::Opcode /*opcode*/,
                             std::span<std::byte> payload) {
  Client& client = clients_[sessions().context(id)];
  const std::optional<RoomTalk> talk = read_talk(payload);
  if (!talk.has_value() || talk->room >= plan_.rooms) {
    return convict(client, "heard what nobody says");
  }
  Visit& visit = client.visits[talk->room];
  switch (talk->word) {
    case Word::joined:
      enter(client, talk->room);
      break;
    case Word::left:
      if (visit.place != Place::leaving) convict(client, "was put out of a room");
      if (visit.has_stay) model_.end_stay(visit.stay);
      visit = Visit{};
      break;
    case Word::publish:
      if (!visit.has_stay) {
        convict(client, "heard message " + std::to_string(talk->number) + " from outside");
      } else {
        model_.hear(visit.stay, talk->room, talk->number, trial_.network().now());
      }
      break;
    case Word::join:
    case Word::join_echo:
    case Word::leave:
    case Word::join_failed:
      convict(client, "heard an order");
      break;
  }
}

void RoomClients::enter(Client& client, std::uint8_t room) {
  Visit& visit = client.visits[room];
  const bool asked = visit.place == Place::joining || visit.place == Place::leaving;
  if (!asked || visit.has_stay) convict(client, "was let in without having asked");
  visit.has_stay = true;
  visit.stay = model_.begin_stay(client.socket, room, visit.echo, trial_.network().now());
  client.spoke.push_back(visit.stay);
  if (visit.place == Place::joining) {
    visit.place = Place::inside;
  } else {
    model_.weaken_stay(visit.stay);  // It has changed its mind already.
  }
  if (client.mood == Mood::closing) model_.weaken_stay(visit.stay);
}

void RoomClients::on_close(engine::SessionId id, const engine::CloseInfo& info) {
  Client& client = clients_[sessions().context(id)];
  trial_.judge_timeout(client.socket, info.reason);
  // A slow reader is sent away, by policy, and may be gone before the server says so.
  if (info.code == static_cast<std::uint16_t>(protocol::CloseCode::try_again_later)) {
    trial_.excuse(client.socket);
  }
  const bool excused = trial_.excused(client.socket);
  const bool expected = client.mood == Mood::closing || client.mood == Mood::connecting ||
                        (goodbye_ && info.reason == engine::CloseReason::peer_closed);
  if (!expected && !excused) {
    convict(client, "ended without a reason: " + std::string(engine::name(info.reason)));
  }
  // A close handshake that timed out may have cut off what was said before.
  const bool timed_out = client.mood == Mood::closing &&
                         session_counters().close_timeouts.value() > client.timeouts_before;
  end_stays(client, timed_out);
  begin_life(client, client.life + 1);
}

void RoomClients::end_stays(Client& client, bool doubtful) {
  for (const StayNumber stay : client.spoke) {
    model_.end_stay(stay);
    if (doubtful) model_.doubt(stay);
  }
}

void RoomClients::on_connect_failed(std::uint64_t context,
                                    const engine::ConnectFailure& /*failure*/) {
  Client& client = clients_[context];
  if (client.mood != Mood::connecting) convict(client, "a connect failed that nobody made");
  client.mood = goodbye_ ? Mood::dead : Mood::waiting;
  if (!goodbye_) pause(client, kRetryMost);
}

void RoomClients::convict(const Client& client, const std::string& charge) {
  trial_.verdict().convict("client " + std::to_string(client.number) + " of shard " +
                           std::to_string(shard().number()) + ", life " +
                           std::to_string(client.life) + ": " + charge);
}

engine::Admission RoomClients::on_request(engine::SessionId /*id*/,
                                          const protocol::HttpRequest& /*request*/,
                                          bool /*upgradable*/) {
  trial_.verdict().convict("a client was sent a request");
  return {};
}

void RoomClients::on_joined(engine::SessionId /*session*/, engine::RoomHandle /*room*/) {}
void RoomClients::on_join_failed(engine::SessionId /*session*/, std::string_view /*room*/) {}

}  // namespace sim
