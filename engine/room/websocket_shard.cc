#include "engine/room/websocket_shard.h"

namespace engine {

WebSocketShard::WebSocketShard(Shard& shard, ConnectionGate& gate, const SessionOptions& options,
                               std::uint32_t listeners, const RoomOptions& rooms)
    : shard_(shard),
      listeners_(listeners),
      received_bytes_per_turn_(
          std::min(base::kReceivedBytesPerTurn,
                   options.send_queue_bytes_max / base::kReceivedSendQueuePart)),
      sessions_(shard, gate, options),
      rooms_(shard, sessions_, rooms),
      memory_(shard, sessions_, rooms_, gate.memory()) {}

void WebSocketShard::on_start() {
  sessions_.start(shard_.reactor().now());
  for (std::uint32_t listener = 0; listener < listeners_; ++listener) {
    shard_.connections().accept_on(listener);
  }
}

void WebSocketShard::on_shard_message(const ShardMessage& message) {
  if (message.kind == kRelocated) {
    sessions_.on_shard_message(message);
  } else {
    rooms_.on_shard_message(message);
  }
}

void WebSocketShard::begin_drain(base::Instant now, base::Instant deadline) {
  for (std::uint32_t listener = 0; listener < listeners_; ++listener) {
    shard_.connections().stop_accepting(listener);
  }
  sessions_.begin_drain(now, deadline);
}

}  // namespace engine
