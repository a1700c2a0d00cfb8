#include "tests/sim/network.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <utility>

#include "base/check.h"
#include "tests/sim/sim_driver.h"

namespace sim {

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint32_t kBacklogMost = 4096;
constexpr std::uint32_t kSynTriesMost = 6;
constexpr std::uint64_t kPacketBytesMost = 16384;
// Those that clients connect from.
constexpr std::uint32_t kPortFirst = 1024;
constexpr std::uint32_t kPorts = 60000;

// The network of this thread: drivers are opened by code that knows of no network.
thread_local Network* current_network = nullptr;

}  // namespace

Network::Network(std::uint64_t seed, const FaultPlan& faults) : faults_(faults), prng_(seed) {
  CHECK(current_network == nullptr);
  current_network = this;
}

Network::~Network() {
  for (const engine::SimDriver* driver : drivers_) CHECK(driver == nullptr);
  current_network = nullptr;
}

Network& Network::current() noexcept {
  CHECK(current_network != nullptr);
  return *current_network;
}

base::Duration Network::draw_duration(base::Duration most) {
  CHECK(most.count() > 0);
  const auto octaves =
      static_cast<std::uint64_t>(std::bit_width(static_cast<std::uint64_t>(most.count())));
  const std::uint64_t ceiling = std::uint64_t{1} << prng_.below(octaves + 1);
  return std::min(most, base::Duration{static_cast<std::int64_t>(1 + prng_.below(ceiling))});
}

// ---- Time ---------------------------------------------------------------------------------------

base::Instant Network::next_event() const noexcept {
  return agenda_.empty() ? base::kForever : agenda_.top().due;
}

void Network::schedule_at(base::Instant due, Event event) {
  event.due = std::max(due, now_);
  event.order = order_++;
  agenda_.push(event);
}

void Network::advance_to(base::Instant instant) {
  CHECK(instant != base::kForever);
  while (!agenda_.empty() && agenda_.top().due <= instant) {
    const Event event = agenda_.top();
    agenda_.pop();
    now_ = std::max(now_, event.due);
    happen(event);
  }
  now_ = std::max(now_, instant);
}

void Network::happen(const Event& event) {
  trace_.note(static_cast<std::uint64_t>(now_.time_since_epoch().count()));
  trace_.note(std::uint64_t{static_cast<std::uint8_t>(event.kind)} << 32U | event.subject);
  switch (event.kind) {
    case EventKind::packet:
      packets_arrive(event.subject);
      break;
    case EventKind::window:
      window_opens(event.subject);
      break;
    case EventKind::syn:
      syn_arrives(event.subject);
      break;
    case EventKind::connected:
      connected(event.subject, event.result);
      break;
    case EventKind::run_accept:
    case EventKind::run_receive:
    case EventKind::run_send:
    case EventKind::completion:
      if (drivers_[event.driver] != nullptr) drivers_[event.driver]->happen(event);
      break;
  }
}

void AdvancingWaiter::wait(engine::SimDriver& driver, base::Instant deadline) {
  while (!driver.ready() && network_.now() < deadline) {
    const base::Instant next = std::min(network_.next_event(), deadline);
    if (next == base::kForever) return;  // Nothing will ever happen.
    network_.advance_to(next);
  }
}

// ---- Drivers and listeners ----------------------------------------------------------------------

std::uint32_t Network::add(engine::SimDriver& driver) {
  drivers_.push_back(&driver);
  return static_cast<std::uint32_t>(drivers_.size() - 1);
}

void Network::remove(std::uint32_t driver) {
  for (std::uint32_t i = 0; i < listeners_.size(); ++i) {
    if (listeners_[i].driver == driver && listeners_[i].open) stop_listening(i);
  }
  for (SocketNumber number = 0; number < sockets_.size(); ++number) {
    if (sockets_[number]->driver == driver) close(number);
  }
  drivers_[driver] = nullptr;
}

bool Network::port_taken(std::uint16_t port) const noexcept {
  return std::any_of(listeners_.begin(), listeners_.end(), [port](const Listener& listener) {
    return listener.open && listener.port == port;
  });
}

std::uint32_t Network::listen(std::uint32_t driver, std::uint32_t listener,
                              engine::Address& address) {
  if (address.port() == 0) address = address.with_port(next_port_++);
  listeners_.push_back(
      {.driver = driver, .number = listener, .port = address.port(), .open = true, .backlog = {}});
  return static_cast<std::uint32_t>(listeners_.size() - 1);
}

void Network::stop_listening(std::uint32_t listener) {
  listeners_[listener].open = false;
  while (has_backlog(listener)) abort_in_backlog(listener);
}

bool Network::has_backlog(std::uint32_t listener) const noexcept {
  return !listeners_[listener].backlog.empty();
}

SocketNumber Network::accept(std::uint32_t listener, std::uint32_t driver,
                             engine::Descriptor descriptor) {
  std::deque<SocketNumber>& backlog = listeners_[listener].backlog;
  const SocketNumber number = backlog.front();
  backlog.pop_front();
  Socket& socket = *sockets_[number];
  socket.state = SocketState::open;
  socket.driver = driver;
  socket.descriptor = descriptor;
  return number;
}

void Network::move(SocketNumber number, std::uint32_t driver, engine::Descriptor descriptor) {
  Socket& socket = *sockets_[number];
  CHECK(socket.state == SocketState::open);
  socket.driver = driver;
  socket.descriptor = descriptor;
}

void Network::abort_in_backlog(std::uint32_t listener) {
  std::deque<SocketNumber>& backlog = listeners_[listener].backlog;
  const SocketNumber number = backlog.front();
  backlog.pop_front();
  Socket& socket = *sockets_[number];
  sockets_[socket.peer]->faulted = true;
  reset_peer(socket);
  close(number);
}

// The listeners of one port share its connections, as with SO_REUSEPORT.
Network::Listener* Network::choose_listener(std::uint16_t port) {
  std::vector<Listener*> group;
  for (Listener& listener : listeners_) {
    if (listener.open && listener.port == port) group.push_back(&listener);
  }
  return group.empty() ? nullptr : group[prng_.below(group.size())];
}

// ---- Connecting ---------------------------------------------------------------------------------

SocketNumber Network::make_socket() {
  sockets_.push_back(std::make_unique<Socket>());
  sockets_.back()->window = window_;
  sockets_.back()->last_due = now_;
  return static_cast<SocketNumber>(sockets_.size() - 1);
}

SocketNumber Network::connect(std::uint32_t driver, engine::Descriptor descriptor,
                              const engine::Address& address) {
  const SocketNumber number = make_socket();
  Socket& socket = *sockets_[number];
  socket.driver = driver;
  socket.opener = driver;
  socket.descriptor = descriptor;
  socket.remote = address;
  socket.local =
      source_.value_or(address).with_port(static_cast<std::uint16_t>(kPortFirst + number % kPorts));
  socket.latency = microseconds{5} + draw_duration(milliseconds{2});
  schedule(socket.latency, {.kind = EventKind::syn, .subject = number});
  return number;
}

void Network::refuse(SocketNumber number, std::int32_t error) {
  schedule(sockets_[number]->latency,
           {.kind = EventKind::connected, .subject = number, .result = error});
}

void Network::syn_arrives(SocketNumber number) {
  Socket& socket = *sockets_[number];
  if (socket.state != SocketState::connecting) return;
  if (faults_.strikes(Fault::connect_fails)) {
    constexpr std::array<std::int32_t, 4> kErrors{-ETIMEDOUT, -EHOSTUNREACH, -EADDRNOTAVAIL,
                                                  -ECONNREFUSED};
    refuse(number, kErrors[prng_.below(kErrors.size())]);
    return;
  }
  Listener* listener = choose_listener(socket.remote.port());
  if (listener == nullptr) {
    refuse(number, -ECONNREFUSED);
    return;
  }
  if (listener->backlog.size() >= kBacklogMost) {  // The kernel drops it; the client tries again.
    if (++socket.syn_tries > kSynTriesMost) {
      refuse(number, -ETIMEDOUT);
    } else {
      schedule(seconds{1U << socket.syn_tries}, {.kind = EventKind::syn, .subject = number});
    }
    return;
  }
  const SocketNumber accepted = make_socket();
  socket.peer = accepted;
  Socket& peer = *sockets_[accepted];
  peer.state = SocketState::backlog;
  peer.accepted = true;
  peer.remote = socket.local;
  peer.opener = socket.opener;
  peer.peer = number;
  peer.latency = socket.latency;
  listener->backlog.push_back(accepted);
  schedule(socket.latency, {.kind = EventKind::connected, .subject = number});
  drivers_[listener->driver]->on_backlog(listener->number);
}

void Network::connected(SocketNumber number, std::int32_t result) {
  Socket& socket = *sockets_[number];
  if (socket.state != SocketState::connecting) return;
  socket.state = result == 0 ? SocketState::open : SocketState::closed;
  drivers_[socket.driver]->on_connected(socket.descriptor, result);
}

// ---- Bytes --------------------------------------------------------------------------------------

void Network::push_packet(Socket& to, SocketNumber number, PacketKind kind,
                          std::span<const std::byte> bytes) {
  const auto jitter = static_cast<std::uint64_t>(to.latency.count()) / 4 + 1;
  const base::Duration latency =
      to.latency + base::Duration{static_cast<std::int64_t>(prng_.below(jitter))};
  to.last_due = std::max(to.last_due, now_ + latency);
  to.in_transit.push_back({kind, to.last_due, {bytes.begin(), bytes.end()}});
  to.in_transit_bytes += bytes.size();
  schedule_at(to.last_due, {.kind = EventKind::packet, .subject = number});
}

std::int32_t Network::send(SocketNumber number, std::span<const std::byte> bytes) {
  CHECK(!bytes.empty());
  Socket& socket = *sockets_[number];
  if (socket.broken) return std::exchange(socket.error, 0) < 0 ? -ECONNRESET : -EPIPE;
  Socket& peer = *sockets_[socket.peer];
  const std::size_t unread = peer.in_transit_bytes + peer.arrived.size();
  const std::size_t room = peer.window > unread ? peer.window - unread : 0;
  bytes = bytes.first(std::min(room, bytes.size()));
  socket.blocked = bytes.empty();
  if (tap_ != nullptr && !bytes.empty()) tap_->on_bytes(number, bytes);
  for (std::span<const std::byte> rest = bytes; !rest.empty();) {
    const std::size_t piece = std::min<std::size_t>(rest.size(), 1 + prng_.below(kPacketBytesMost));
    push_packet(peer, socket.peer, PacketKind::data, rest.first(piece));
    rest = rest.subspan(piece);
  }
  trouble(number);
  return static_cast<std::int32_t>(bytes.size());
}

// What may happen between the two ends while one of them sends.
void Network::trouble(SocketNumber number) {
  const SocketNumber peer = sockets_[number]->peer;
  if (faults_.strikes(Fault::network_stall)) stall(peer, draw_duration(seconds{90}));
  if (faults_.strikes(Fault::half_close)) cut(number);
  if (faults_.strikes(Fault::connection_reset)) {
    break_off(number, prng_.below(4) == 0 ? -ETIMEDOUT : -ECONNRESET);
  }
}

std::int32_t Network::read(SocketNumber number, std::span<std::byte> into) {
  Socket& socket = *sockets_[number];
  CHECK(socket.readable());
  if (const std::size_t count = socket.arrived.pop(into); count > 0) {
    if (sockets_[socket.peer]->blocked) {
      schedule(socket.latency, {.kind = EventKind::window, .subject = socket.peer});
    }
    return static_cast<std::int32_t>(count);
  }
  return std::exchange(socket.error, 0);  // 0 is the end, and what follows a reported error.
}

void Network::close(SocketNumber number) {
  Socket& socket = *sockets_[number];
  if (socket.state == SocketState::closed) return;
  const bool was_connecting = socket.state == SocketState::connecting;
  socket.state = SocketState::closed;
  socket.driver = kNobody;
  if (socket.peer != kNobody) {
    // Unread bytes at a close are a loss, which the peer is told by a reset.
    const bool lossy = socket.arrived.size() > 0 || socket.in_transit_bytes > 0;
    if (lossy || was_connecting || socket.broken) {
      reset_peer(socket);
    } else {
      push_packet(*sockets_[socket.peer], socket.peer, PacketKind::end, {});
    }
  }
  socket.arrived.clear();
}

void Network::packets_arrive(SocketNumber number) {
  Socket& socket = *sockets_[number];
  bool changed = false;
  while (!socket.in_transit.empty() && socket.in_transit.front().due <= now_) {
    const Packet packet = std::move(socket.in_transit.front());
    socket.in_transit.pop_front();
    socket.in_transit_bytes -= packet.bytes.size();
    take_in(number, packet);
    changed = true;
  }
  if (changed) tell_readable(socket);
}

void Network::take_in(SocketNumber number, const Packet& packet) {
  Socket& socket = *sockets_[number];
  switch (packet.kind) {
    case PacketKind::data:
      if (socket.state == SocketState::closed || socket.end_arrived || socket.broken) {
        reset_peer(socket);  // Bytes for nobody.
      } else {
        socket.arrived.push(packet.bytes);
      }
      break;
    case PacketKind::end:
      socket.end_arrived = true;
      break;
    case PacketKind::reset:
      if (std::exchange(socket.broken, true)) break;
      if (socket.error == 0) socket.error = -ECONNRESET;
      window_opens(number);  // A send that waits ends now.
      break;
  }
}

// Tells the peer, once, that what it sent was lost.
void Network::reset_peer(Socket& socket) {
  if (std::exchange(socket.reset_sent, true)) return;
  push_packet(*sockets_[socket.peer], socket.peer, PacketKind::reset, {});
}

void Network::tell_readable(const Socket& socket) {
  if (socket.state != SocketState::open || socket.driver == kNobody) return;
  if (socket.readable()) drivers_[socket.driver]->on_readable(socket.descriptor);
}

void Network::window_opens(SocketNumber number) {
  Socket& socket = *sockets_[number];
  if (!socket.blocked || socket.state != SocketState::open) return;
  socket.blocked = false;
  drivers_[socket.driver]->on_writable(socket.descriptor);
}

// ---- Troubles -----------------------------------------------------------------------------------

void Network::break_off(SocketNumber number, std::int32_t error) {
  const SocketNumber peer = sockets_[number]->peer;
  if (peer == kNobody) return;
  for (const SocketNumber side : {number, peer}) {
    Socket& socket = *sockets_[side];
    socket.faulted = true;
    if (socket.state == SocketState::closed) continue;
    socket.in_transit.clear();
    socket.in_transit_bytes = 0;
    socket.error = error;
    push_packet(socket, side, PacketKind::reset, {});
  }
}

void Network::cut(SocketNumber number) {
  Socket& socket = *sockets_[number];
  if (socket.peer == kNobody || socket.cut) return;
  socket.cut = true;
  socket.faulted = true;
  sockets_[socket.peer]->faulted = true;
  push_packet(*sockets_[socket.peer], socket.peer, PacketKind::end, {});
}

void Network::stall(SocketNumber number, base::Duration time) {
  Socket& socket = *sockets_[number];
  const base::Instant until = now_ + time;
  for (Packet& packet : socket.in_transit) packet.due = std::max(packet.due, until);
  socket.last_due = std::max(socket.last_due, until);
  schedule_at(until, {.kind = EventKind::packet, .subject = number});
}

void Network::calm() {
  faults_.stop();
  for (SocketNumber number = 0; number < sockets_.size(); ++number) {
    Socket& socket = *sockets_[number];
    if (socket.last_due <= now_) continue;
    socket.last_due = std::min(socket.last_due, now_ + socket.latency);
    for (Packet& packet : socket.in_transit) packet.due = std::min(packet.due, socket.last_due);
    schedule_at(socket.last_due, {.kind = EventKind::packet, .subject = number});
  }
}

}  // namespace sim
