#include "loadgen/client_pool.h"

#include <array>
#include <cstring>

#include "base/check.h"
#include "base/limits.h"
#include "loadgen/native/native_names.h"
#include "protocol/close_code.h"
#include "protocol/frame_encoder.h"
#include "protocol/opcode.h"

namespace loadgen {

namespace {

std::size_t index_of(engine::Outcome outcome) noexcept { return static_cast<std::size_t>(outcome); }
std::size_t index_of(engine::CloseReason reason) noexcept {
  return static_cast<std::size_t>(reason);
}

// What a client asks for when it connects.
std::string request_path(const LoadOptions& options, std::uint32_t number) {
  if (options.scenario == ScenarioKind::native) return native_request_path(options, number);
  return options.target.path_of(rooms_of(options.groups, number), number);
}

}  // namespace

ClientPool::ClientPool(engine::Sessions& sessions, engine::Connections& connections,
                       engine::Reactor& reactor, const LoadOptions& options,
                       const Partition& partition, ShardStatistics& statistics)
    : sessions_(sessions),
      connections_(connections),
      reactor_(reactor),
      options_(options),
      partition_(partition),
      statistics_(statistics),
      clients_(partition.size()) {}

void ClientPool::connect_all(const ConnectPace& pace) {
  CHECK(pace.in_progress_max > 0);
  pace_ = pace;
  connecting_all_ = true;
  const double phase = static_cast<double>(partition_.shard) / partition_.shards;
  schedule_ = Schedule({.rate = pace.rate, .phase = phase});
  schedule_.start(reactor_.now());
}

void ClientPool::pump(base::Instant now) {
  while (connecting_all_ && in_progress_ < pace_.in_progress_max) {
    if (to_connect_ == size()) {
      connecting_all_ = false;
      return;
    }
    base::Instant intended = now;
    if (pace_.rate > 0) {
      intended = schedule_.next();
      if (intended > now) return;
      schedule_.advance();
    }
    connect(to_connect_++, intended);
  }
}

base::Instant ClientPool::next_deadline() const noexcept {
  const bool waits_for_time = connecting_all_ && in_progress_ < pace_.in_progress_max;
  return waits_for_time ? schedule_.next() : base::kForever;
}

void ClientPool::connect(std::uint32_t client, base::Instant intended) {
  Client& state = clients_[client];
  CHECK(state.state == State::idle);
  state.state = State::connecting;
  state.connect_intended = intended;
  ++state.connects;
  statistics_.connects.add();
  ++in_progress_;
  const std::uint32_t number = partition_.global(client);
  const Endpoint& endpoint = options_.target.endpoint_of(number);
  sessions_.connect(
      endpoint.address,
      {.host = endpoint.host, .target = request_path(options_, number), .context = client});
}

void ClientPool::close(std::uint32_t client) {
  if (clients_[client].state != State::open) return;
  clients_[client].state = State::closing;
  statistics_.open.subtract();
  sessions_.close(clients_[client].session, protocol::CloseCode::normal, {});
}

void ClientPool::abort(std::uint32_t client) {
  if (clients_[client].state != State::open) return;
  clients_[client].state = State::closing;
  statistics_.open.subtract();
  sessions_.abort(clients_[client].session);
}

// Half of a message goes out; then the connection is closed.
void ClientPool::vanish(std::uint32_t client) {
  if (clients_[client].state != State::open) return;
  constexpr std::size_t kMessageBytes = 64;
  const std::array<std::byte, kMessageBytes> message{};
  std::array<std::byte, kMessageBytes + base::kFrameHeaderBytesMax> frame;
  const std::size_t size =
      protocol::encode_masked_frame(frame, protocol::Opcode::binary, message, {});
  const auto half = static_cast<std::uint32_t>(size / 2);
  const std::uint32_t slot = clients_[client].session.slot;
  std::memcpy(connections_.extend(slot, half, half), frame.data(), half);
  abort(client);
}

void ClientPool::pause(std::uint32_t client) {
  if (clients_[client].state == State::open) sessions_.pause(clients_[client].session);
}

void ClientPool::resume(std::uint32_t client) {
  if (clients_[client].state == State::open) sessions_.resume(clients_[client].session);
}

bool ClientPool::send(std::uint32_t client, protocol::Opcode opcode,
                      std::span<const std::byte> message) {
  if (!say(client, opcode, message)) return false;
  statistics_.sent.add();
  return true;
}

bool ClientPool::say(std::uint32_t client, protocol::Opcode opcode,
                     std::span<const std::byte> message) {
  const Client& state = clients_[client];
  if (state.state != State::open) return false;
  return sessions_.send(state.session, opcode, message) == engine::SendResult::queued;
}

// ---- What the engine reports --------------------------------------------------------------------

void ClientPool::opened(std::uint32_t client, engine::SessionId session, base::Instant now) {
  Client& state = clients_[client];
  CHECK(state.state == State::connecting);
  CHECK(in_progress_ > 0);
  state.state = State::open;
  state.session = session;
  --in_progress_;
  statistics_.opened.add();
  statistics_.open.add();
  statistics_.connect_latency.record(
      static_cast<std::uint64_t>((now - state.connect_intended).count()));
}

void ClientPool::connect_failed(std::uint32_t client, const engine::ConnectFailure& failure,
                                bool forgiven) {
  CHECK(clients_[client].state == State::connecting);
  CHECK(in_progress_ > 0);
  clients_[client].state = State::idle;
  --in_progress_;
  statistics_.failed.add();
  if (failure.outcome != engine::Outcome::success) {
    ++errors(forgiven).connect_failures[index_of(failure.outcome)];
  } else {
    ++errors(forgiven).http_refusals[failure.http_status];
  }
}

void ClientPool::closed(std::uint32_t client, const engine::CloseInfo& info, bool forgiven) {
  Client& state = clients_[client];
  switch (state.state) {
    case State::connecting:
      CHECK(!info.opened);
      --in_progress_;
      if (info.reason == engine::CloseReason::draining) break;  // Never answered, until the end.
      statistics_.failed.add();
      ++errors(forgiven).handshake_closes[index_of(info.reason)];
      break;
    case State::open:
      // The end of the run: that it was open until then is what counts.
      if (info.reason == engine::CloseReason::draining) return;
      statistics_.open.subtract();
      statistics_.disconnects.add();
      ++errors(forgiven).closes[index_of(info.reason)];
      break;
    case State::closing:
      break;  // We asked for it.
    case State::idle:
      CHECK(false && "a session closes once");
      break;
  }
  state.state = State::idle;
}

}  // namespace loadgen
