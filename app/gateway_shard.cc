#include "app/gateway_shard.h"

#include <algorithm>

#include "app/native/native_messages.h"
#include "base/check.h"

namespace app {

namespace {

// What the engine keeps of rooms, as the settings say it; each shard has its part of the total.
engine::RoomOptions room_options(const Options& options, std::uint64_t epoch) {
  engine::RoomOptions rooms = options.rooms;
  rooms.epoch = epoch;
  const RoomSettings& settings = options.room_settings;
  if (settings.history_for > base::Duration::zero()) {
    rooms.history = {.messages_per_room = settings.history_messages,
                     .bytes_per_room = settings.history_bytes,
                     .bytes_total = settings.history_total_bytes / options.shards,
                     .keep_for = settings.history_for};
  }
  return rooms;
}

}  // namespace

GatewayShard::GatewayShard(engine::Shard& shard, engine::ConnectionGate& gate,
                           std::shared_ptr<const Policy> policy, SharedServices& services,
                           Pages& pages)
    : engine::WebSocketShard(shard, gate, policy->options->session,
                             static_cast<std::uint32_t>(policy->options->listen.size()),
                             room_options(*policy->options, services.epoch)),
      raw_(*this, policy->options->raw),
      native_(*this, services, std::move(policy)),
      handlers_(sessions(), native_, raw_, pages) {
  set_handlers(handlers_, handlers_);
  services.posts.add(native_.tasks(), shard);
}

void GatewayShard::on_shard_message(const engine::ShardMessage& message) {
  if (is_native_message(message.kind)) {
    native_.on_shard_message(message);
  } else {
    WebSocketShard::on_shard_message(message);
  }
}

engine::StepResult GatewayShard::expire(base::Instant now) {
  native_.expire(now);
  return WebSocketShard::expire(now);
}

base::Instant GatewayShard::next_deadline() const {
  return std::min(native_.next_deadline(), WebSocketShard::next_deadline());
}

void GatewayShard::begin_drain(base::Instant now, base::Instant deadline) {
  native_.begin_drain();
  WebSocketShard::begin_drain(now, deadline);
}

engine::StepResult GatewayShard::run_tasks() {
  const engine::StepResult tasks = native_.run_tasks();
  const engine::StepResult rooms = WebSocketShard::run_tasks();
  return tasks == engine::StepResult::more ? tasks : rooms;
}

std::unique_ptr<engine::ShardProgram> GatewayShardFactory::make(engine::Shard& shard) {
  auto program = std::make_unique<GatewayShard>(shard, gate_, policy_, services_, pages_);
  const base::Status opened = program->open();
  CHECK(opened.ok());  // Address space; the connection table took more a moment ago.
  pages_.add_shard({.shard = &shard,
                    .program = program.get(),
                    .native = &program->native().context().counters,
                    .limiter = &program->native().context().limiter,
                    .user_ids = &program->native().routes().id_counters()});
  return program;
}

}  // namespace app
