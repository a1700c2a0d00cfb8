#include "bench/sim/rig_program.h"

#include <array>

#include "base/check.h"
#include "base/time.h"

namespace bench {

namespace {

constexpr std::size_t kMessageBytes = 64;

engine::SessionOptions quiet_options() {
  engine::SessionOptions options;
  options.heartbeat_interval = base::Duration::zero();
  return options;
}

}  // namespace

RigProgram::RigProgram(engine::Shard& shard, engine::ConnectionGate& gate, std::uint32_t listeners,
                       Service service)
    : WebSocketShard(shard, gate, quiet_options(), listeners),
      serves_(listeners > 0),
      service_(service) {
  CHECK(open().ok());
  set_handlers(*this, *this);
}

void RigProgram::send(std::size_t sessions, std::uint32_t messages) {
  constexpr std::array<std::byte, kMessageBytes> kMessage{};
  for (const engine::SessionId id : open_sessions().first(sessions)) {
    for (std::uint32_t i = 0; i < messages; ++i) {
      const engine::SendResult sent = this->sessions().send(id, protocol::Opcode::binary, kMessage);
      CHECK(sent == engine::SendResult::queued);
    }
  }
}

engine::Admission RigProgram::on_request(engine::SessionId id,
                                         const protocol::HttpRequest& /*request*/,
                                         bool /*upgradable*/) {
  if (service_ == Service::room) room_ = rooms().join(id, "bench", true).room;
  return {.verdict = engine::Admission::Verdict::accept};
}

void RigProgram::on_open(engine::SessionId id) { open_sessions_.push_back(id); }

void RigProgram::on_message(engine::SessionId id, protocol::Opcode opcode,
                            std::span<std::byte> payload) {
  ++messages_;
  if (!serves_) return;
  if (service_ == Service::room) {
    CHECK(rooms().publish(id, room_, opcode, payload));
  } else {
    CHECK(sessions().send(id, opcode, payload) == engine::SendResult::queued);
  }
}

void RigProgram::on_close(engine::SessionId /*id*/, const engine::CloseInfo& /*info*/) {}

void RigProgram::on_connect_failed(std::uint64_t /*context*/,
                                   const engine::ConnectFailure& /*failure*/) {
  CHECK(false && "a connect failed in a world without faults");
}

void RigProgram::on_joined(engine::SessionId /*session*/, engine::RoomHandle /*room*/) {}

void RigProgram::on_join_failed(engine::SessionId /*session*/, std::string_view /*room*/) {}

std::unique_ptr<engine::ShardProgram> RigFactory::make(engine::Shard& shard) {
  auto made = std::make_unique<RigProgram>(shard, gate, listeners, service);
  program = made.get();
  return made;
}

}  // namespace bench
