#include "tests/sim/echo_server.h"

#include "base/check.h"

namespace sim {

EchoServer::EchoServer(engine::Shard& shard, engine::ConnectionGate& gate,
                       const engine::SessionOptions& options, Trial& trial)
    : WebSocketShard(shard, gate, options, 1), trial_(trial) {
  CHECK(open().ok());
  set_handlers(*this, *this);
}

engine::Admission EchoServer::on_request(engine::SessionId id,
                                         const protocol::HttpRequest& /*request*/,
                                         bool upgradable) {
  const SocketNumber socket = trial_.socket_of(shard(), id);
  trial_.verdict().expect(upgradable || trial_.hostile(socket),
                          "a client's request was no upgrade");
  const auto elsewhere = static_cast<std::uint32_t>(trial_.prng().below(shard().shards()));
  if (sessions().better_on(id, elsewhere)) {
    return {.verdict = engine::Admission::Verdict::elsewhere, .shard = elsewhere};
  }
  const std::uint64_t guest = next_guest_++;
  if (upgradable) guests_[guest] = {.open = false, .socket = socket};
  return {.verdict = engine::Admission::Verdict::accept, .context = guest};
}

void EchoServer::on_open(engine::SessionId id) {
  const auto guest = guests_.find(sessions().context(id));
  trial_.verdict().expect(guest != guests_.end() && !guest->second.open,
                          "on_open() for a stranger or twice");
  if (guest != guests_.end()) guest->second.open = true;
}

void EchoServer::on_message(engine::SessionId id, protocol::Opcode opcode,
                            std::span<std::byte> payload) {
  const auto guest = guests_.find(sessions().context(id));
  trial_.verdict().expect(guest != guests_.end() && guest->second.open,
                          "a message outside of its session's life");
  const engine::SendResult result = sessions().send(id, opcode, payload);
  const bool hostile = guest != guests_.end() && trial_.hostile(guest->second.socket);
  trial_.verdict().expect(result != engine::SendResult::full || hostile,
                          "an echo found no room although the client keeps to the limit");
}

void EchoServer::on_close(engine::SessionId id, const engine::CloseInfo& info) {
  const auto guest = guests_.find(sessions().context(id));
  if (guest == guests_.end()) {
    trial_.verdict().convict("on_close() for a stranger or twice");
    return;
  }
  trial_.verdict().expect(guest->second.open == info.opened, "on_close() misjudges on_open()");
  trial_.verdict().expect(info.reason != engine::CloseReason::none, "a close without a reason");
  trial_.verdict().expect(
      info.reason != engine::CloseReason::violation || trial_.hostile(guest->second.socket),
      "an honest client was found guilty of a violation");
  trial_.judge_timeout(guest->second.socket, info.reason);
  guests_.erase(guest);
}

void EchoServer::on_connect_failed(std::uint64_t /*context*/,
                                   const engine::ConnectFailure& /*failure*/) {
  trial_.verdict().convict("a connect failed on a server that connects nowhere");
}

void EchoServer::on_joined(engine::SessionId /*session*/, engine::RoomHandle /*room*/) {
  trial_.verdict().convict("joined a room that nobody asked for");
}

void EchoServer::on_join_failed(engine::SessionId /*session*/, std::string_view /*room*/) {
  trial_.verdict().convict("failed to join a room that nobody asked for");
}

}  // namespace sim
