#include "tests/sim/scripted_shard.h"

#include "base/bytes.h"
#include "base/check.h"

namespace sim {

ScriptedShard::ScriptedShard(engine::Shard& shard, engine::ConnectionGate& gate,
                             const engine::SessionOptions& options, std::uint32_t listeners,
                             const engine::RoomOptions& rooms)
    : WebSocketShard(shard, gate, options, listeners, rooms) {
  CHECK(WebSocketShard::open().ok());
  set_handlers(*this, *this);
}

void ScriptedShard::forget_hooks() {
  request = nullptr;
  open = nullptr;
  message = nullptr;
  close = nullptr;
  join = nullptr;
  recover = nullptr;
}

void ScriptedShard::do_in_turn(std::function<void()> task) {
  tasks_.push_back(std::move(task));
  shard().driver().wake_from_outside();
}

engine::StepResult ScriptedShard::expire(base::Instant now) {
  for (const auto& task : std::exchange(tasks_, {})) task();
  return WebSocketShard::expire(now);
}

engine::Admission ScriptedShard::on_request(engine::SessionId id,
                                            const protocol::HttpRequest& its_request,
                                            bool upgradable) {
  if (request) return request(id, its_request, upgradable);
  return {.verdict = engine::Admission::Verdict::accept};
}

void ScriptedShard::on_open(engine::SessionId id) {
  opened.push_back(id);
  if (open) open(id);
}

void ScriptedShard::on_message(engine::SessionId id, protocol::Opcode opcode,
                               std::span<std::byte> payload) {
  messages.push_back({id, opcode, std::string(base::as_text(payload))});
  if (message) message(id, opcode, payload);
}

void ScriptedShard::on_close(engine::SessionId id, const engine::CloseInfo& info) {
  closes.push_back({id, info});
  if (close) close(id, info);
}

void ScriptedShard::on_connect_failed(std::uint64_t /*context*/,
                                      const engine::ConnectFailure& failure) {
  failures.push_back(failure);
}

void ScriptedShard::on_joined(engine::SessionId session, engine::RoomHandle room) {
  joined.push_back({session, room});
  if (join) join(session, room);
}

void ScriptedShard::on_join_failed(engine::SessionId session, std::string_view /*room*/) {
  not_joined.push_back(session);
}

void ScriptedShard::on_recovered(engine::SessionId session, engine::RoomHandle room,
                                 const engine::Recovery& recovery) {
  Recovered& one = recovered.emplace_back();
  one.session = session;
  one.room = room;
  one.complete = recovery.complete;
  one.now = recovery.now;
  for (const engine::RecoveredMessage& missed : recovery.messages) {
    one.numbers.push_back(missed.number);
    one.texts.emplace_back(base::as_text(missed.bytes));
  }
  if (recover) recover(session);
}

}  // namespace sim
