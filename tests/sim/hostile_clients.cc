#include "tests/sim/hostile_clients.h"

#include <algorithm>
#include <cstring>

namespace sim {

namespace {

using std::chrono::seconds;

constexpr base::Duration kPauseMost = seconds{3};
constexpr std::uint64_t kQueueMost = std::uint64_t{256} << 10;
constexpr std::string_view kUpgrade =
    "GET /echo HTTP/1.1\r\nHost: sim\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
constexpr std::uint8_t kFin = 0x80;
constexpr std::uint8_t kText = 0x1;
constexpr std::uint8_t kBinary = 0x2;
constexpr std::uint8_t kClose = 0x8;
constexpr std::uint8_t kPing = 0x9;

}  // namespace

HostileClients::HostileClients(engine::Shard& shard, Trial& trial, const engine::Address& server,
                               std::uint32_t peers)
    : shard_(shard), trial_(trial), server_(server), prng_(trial.prng().next()), peers_(peers) {
  shard_.connections().set_handler(*this);
  trial_.mark_hostile(shard.driver());
  for (Peer& peer : peers_) pause(peer);
}

bool HostileClients::all_gone() const noexcept {
  return std::none_of(peers_.begin(), peers_.end(),
                      [](const Peer& peer) { return peer.connected; });
}

// ---- Acting -------------------------------------------------------------------------------------

engine::StepResult HostileClients::expire(base::Instant now) {
  for (Peer& peer : peers_) {
    if (peer.next_at > now) continue;
    peer.next_at = base::kForever;
    if (!peace_) act(peer);
  }
  return engine::StepResult::done;
}

base::Instant HostileClients::next_deadline() const {
  base::Instant next = base::kForever;
  for (const Peer& peer : peers_) next = std::min(next, peer.next_at);
  return next;
}

void HostileClients::pause(Peer& peer) {
  peer.next_at = trial_.network().now() + trial_.network().draw_duration(kPauseMost);
}

void HostileClients::act(Peer& peer) {
  if (!peer.connected) {
    shard_.connections().connect(server_, static_cast<std::uint32_t>(&peer - peers_.data()));
    return;
  }
  if (peer.silent || !shard_.connections().alive(peer.id)) return;
  const std::uint64_t choice = prng_.below(40);
  if (choice == 0) {
    shard_.connections().abort(peer.id);
    return;
  }
  if (choice == 1) {
    shard_.connections().finish(peer.id);
    return;
  }
  peer.silent = choice == 2;
  if (shard_.connections().queued_cost(peer.id.slot) < kQueueMost) {
    send(peer, peer.asked ? outrage() : request());
    peer.asked = true;
  }
  pause(peer);
}

void HostileClients::send(const Peer& peer, std::string_view bytes) {
  if (bytes.empty()) return;
  const auto size = static_cast<std::uint32_t>(bytes.size());
  std::memcpy(shard_.connections().extend(peer.id.slot, size, size), bytes.data(), bytes.size());
}

// ---- What it says -------------------------------------------------------------------------------

std::string HostileClients::noise(std::size_t size) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(prng_.next());
  return bytes;
}

std::string HostileClients::request() {
  std::string request(kUpgrade);
  switch (prng_.below(10)) {
    case 0:
      return noise(1 + prng_.below(2000));
    case 1:
      request[prng_.below(request.size())] = static_cast<char>(prng_.next());
      return request;
    case 2:
      return request.substr(0, prng_.below(request.size()));
    case 3:
      return "GET / HTTP/1.1\r\nX: " + std::string(1 + prng_.below(40'000), 'x');
    case 4:
      return "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello";
    case 5:
      return request + outrage();
    default:
      return request;
  }
}

// A frame that says `claimed` about its length and brings `size` bytes.
std::string HostileClients::frame(std::uint8_t first, std::uint64_t claimed, std::size_t size,
                                  bool masked) {
  std::string bytes(1, static_cast<char>(first));
  const auto mask = static_cast<std::uint8_t>(masked ? 0x80 : 0);
  const bool wide = prng_.below(20) == 0;  // Longer than it needs to be.
  if (claimed <= 125 && !wide) {
    bytes += static_cast<char>(mask | claimed);
  } else if (claimed <= 0xFFFF) {
    bytes += static_cast<char>(mask | 126);
    for (int shift = 8; shift >= 0; shift -= 8) bytes += static_cast<char>(claimed >> shift);
  } else {
    bytes += static_cast<char>(mask | 127);
    for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(claimed >> shift);
  }
  if (masked) bytes += noise(4);
  return bytes + noise(size);
}

std::string HostileClients::outrage() {
  const std::size_t size = prng_.below(300);
  switch (prng_.below(16)) {
    case 0:
      return frame(kFin | kText, size, size, true);  // Hardly ever valid UTF-8.
    case 1:
      return frame(kFin | kBinary, size, size, false);
    case 2:
      return frame(kFin | 0x40 | kBinary, size, size, true);
    case 3:
      return frame(static_cast<std::uint8_t>(kFin | prng_.below(16)), size, size, true);
    case 4:
      return frame(kFin | kPing, size, size, true);
    case 5:
      return frame(kPing, 5, 5, true);
    case 6:
      return frame(kFin, size, size, true);
    case 7:
      return frame(kBinary, size, size, true);
    case 8:
      return frame(kFin | kBinary, std::uint64_t{1} << prng_.below(64), size, true);
    case 9:
      return frame(kFin | kBinary, size + 100, size, true);
    case 10:
      return frame(kFin | kClose, size % 4, size % 4, true);
    case 11:
      return frame(kFin | kClose, 0, 0, true) + frame(kFin | kBinary, size, size, true);
    case 12:
      return noise(size);
    case 13:
      return noise(1);
    case 14:
      return flood();
    default:
      return frame(kFin | kBinary, size, size, true);
  }
}

std::string HostileClients::flood() {
  std::string bytes;
  const bool pings = prng_.below(2) == 0;
  for (std::uint64_t i = prng_.below(500); i > 0; --i) {
    bytes += pings ? frame(kFin | kPing, 4, 4, true) : frame(kBinary, 1, 1, true);
  }
  return bytes;
}

// ---- What it hears ------------------------------------------------------------------------------

void HostileClients::on_accepted(engine::ConnectionId /*id*/, const engine::PeerAddress& /*peer*/) {
  trial_.verdict().convict("a client accepted a connection");
}

void HostileClients::on_connected(engine::ConnectionId id, std::uint32_t token) {
  Peer& peer = peers_[token];
  peer = {.connected = true, .id = id, .next_at = base::kForever};
  pause(peer);
  if (peace_) shard_.connections().abort(id);  // It was still under way.
}

void HostileClients::on_connect_failed(std::uint32_t token, engine::Outcome /*outcome*/) {
  pause(peers_[token]);
}

void HostileClients::on_received(engine::ConnectionId /*id*/, std::span<std::byte> /*bytes*/) {}
void HostileClients::on_ended(engine::ConnectionId /*id*/, engine::Outcome /*outcome*/) {}

void HostileClients::on_released(engine::ConnectionId id) {
  for (Peer& peer : peers_) {
    if (!peer.connected || peer.id != id) continue;
    peer = Peer{};
    peer.next_at = base::kForever;
    if (!peace_) pause(peer);
  }
}

}  // namespace sim
