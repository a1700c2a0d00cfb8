#include "tests/sim/echo_clients.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "engine/session/session_counters.h"

namespace sim {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr base::Duration kRetryMost = seconds{1};
constexpr base::Duration kThinkMost = seconds{3};
constexpr std::uint64_t kThinksOneIn = 8;

}  // namespace

EchoClients::EchoClients(engine::Shard& shard, engine::ConnectionGate& gate,
                         const engine::SessionOptions& options, Trial& trial, const EchoPlan& plan)
    : WebSocketShard(shard, gate, options, 0),
      trial_(trial),
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

bool EchoClients::settled() const noexcept {
  return std::all_of(clients_.begin(), clients_.end(), [](const Client& client) {
    return client.mood == Mood::dead || client.mood == Mood::staying;
  });
}

// ---- What a client does of itself ---------------------------------------------------------------

engine::StepResult EchoClients::expire(base::Instant now) {
  for (Client& client : clients_) {
    if (client.next_at > now) continue;
    client.next_at = base::kForever;
    act(client, now);
  }
  return WebSocketShard::expire(now);
}

base::Instant EchoClients::next_deadline() const {
  base::Instant next = WebSocketShard::next_deadline();
  for (const Client& client : clients_) next = std::min(next, client.next_at);
  return next;
}

void EchoClients::act(Client& client, base::Instant /*now*/) {
  switch (client.mood) {
    case Mood::waiting:
      connect(client);
      break;
    case Mood::talking:
      talk(client);
      break;
    case Mood::connecting:
    case Mood::staying:
    case Mood::closing:
    case Mood::dead:
      break;
  }
}

void EchoClients::pause(Client& client, base::Duration most) {
  client.next_at = trial_.network().now() + trial_.network().draw_duration(most);
}

void EchoClients::begin_life(Client& client, std::uint32_t life) {
  const bool over = life == plan_.lives || goodbye_;
  client = Client{.mood = over ? Mood::dead : Mood::waiting,
                  .number = client.number,
                  .life = life,
                  .wanted = static_cast<std::uint32_t>(prng_.below(plan_.messages_most + 1)),
                  .depth = 1 + static_cast<std::uint32_t>(prng_.below(plan_.depth_most)),
                  .next_at = base::kForever};
  if (!over) pause(client, kRetryMost);
}

void EchoClients::connect(Client& client) {
  if (goodbye_) {
    client.mood = Mood::dead;
    return;
  }
  client.mood = Mood::connecting;
  sessions().connect(plan_.server, {.host = "sim", .target = "/echo", .context = client.number});
}

void EchoClients::talk(Client& client) {
  while (client.mood == Mood::talking && client.sent < client.wanted &&
         client.sent - client.echoed < client.depth) {
    const SampleMessage message = sample_message(message_number(client, client.sent), plan_.small);
    const engine::SendResult result =
        sessions().send(client.session, message.opcode, message.bytes);
    if (result == engine::SendResult::gone) return;  // on_close() is on its way.
    if (result == engine::SendResult::full) {
      convict(client, "a message found no room although so few are on their way");
      return;
    }
    ++client.sent;
    if (prng_.below(kThinksOneIn) == 0) {
      pause(client, kThinkMost);
      return;
    }
  }
  if (client.mood == Mood::talking && client.echoed == client.wanted) end_life(client);
}

void EchoClients::end_life(Client& client) {
  if (client.life + 1 == plan_.lives && plan_.stay) {
    client.mood = Mood::staying;
    return;
  }
  client.mood = Mood::closing;
  if (prng_.below(4) == 0) {
    trial_.excuse(client.socket);  // The server sees somebody leave without a goodbye.
    sessions().abort(client.session);
  } else {
    sessions().close(client.session, protocol::CloseCode::normal, "done");
  }
}

std::uint64_t EchoClients::message_number(const Client& client, std::uint32_t index) const {
  return std::uint64_t{const_cast<EchoClients*>(this)->shard().number()} << 56U |
         std::uint64_t{client.number} << 40U | std::uint64_t{client.life} << 32U | index;
}

// ---- What it hears ------------------------------------------------------------------------------

void EchoClients::on_open(engine::SessionId id) {
  Client& client = clients_[sessions().context(id)];
  if (client.mood != Mood::connecting) convict(client, "opened without having connected");
  client.mood = Mood::talking;
  client.session = id;
  client.socket = trial_.socket_of(shard(), id);
  talk(client);
}

void EchoClients::on_message(engine::SessionId id, protocol::Opcode opcode,
                             std::span<std::byte> payload) {
  Client& client = clients_[sessions().context(id)];
  if (client.echoed == client.sent) {
    convict(client, "an echo of nothing");
    return;
  }
  const SampleMessage message = sample_message(message_number(client, client.echoed), plan_.small);
  if (opcode != message.opcode || !std::ranges::equal(payload, message.bytes)) {
    convict(client, "echo " + std::to_string(client.echoed) + " is not what was sent");
  }
  ++client.echoed;
  ++echoes_;
  if (client.next_at == base::kForever) talk(client);
}

void EchoClients::on_close(engine::SessionId id, const engine::CloseInfo& info) {
  Client& client = clients_[sessions().context(id)];
  trial_.judge_timeout(client.socket, info.reason);
  judge_end(client, info);
  begin_life(client, client.life + 1);
}

void EchoClients::judge_end(const Client& client, const engine::CloseInfo& info) {
  if (client.mood == Mood::closing || client.mood == Mood::connecting) return;
  const bool sent_away = goodbye_ && info.reason == engine::CloseReason::peer_closed;
  if (sent_away || trial_.excused(client.socket)) return;
  convict(client, "ended without a reason: " + std::string(engine::name(info.reason)));
}

// Connects fail for many reasons; a client tries again.
void EchoClients::on_connect_failed(std::uint64_t context,
                                    const engine::ConnectFailure& /*failure*/) {
  Client& client = clients_[context];
  if (client.mood != Mood::connecting) convict(client, "a connect failed that nobody made");
  client.mood = goodbye_ ? Mood::dead : Mood::waiting;
  if (!goodbye_) pause(client, kRetryMost);
}

void EchoClients::convict(const Client& client, const std::string& charge) {
  trial_.verdict().convict("client " + std::to_string(client.number) + " of shard " +
                           std::to_string(shard().number()) + ", life " +
                           std::to_string(client.life) + ", sent " + std::to_string(client.sent) +
                           ", echoed " + std::to_string(client.echoed) + ": " + charge);
}

engine::Admission EchoClients::on_request(engine::SessionId /*id*/,
                                          const protocol::HttpRequest& /*request*/,
                                          bool /*upgradable*/) {
  trial_.verdict().convict("a client was sent a request");
  return {};
}

void EchoClients::on_joined(engine::SessionId /*session*/, engine::RoomHandle /*room*/) {}
void EchoClients::on_join_failed(engine::SessionId /*session*/, std::string_view /*room*/) {}

}  // namespace sim
