// [server], and what [rooms] says of slow readers.
#include <algorithm>
#include <bit>

#include "app/config/cpu_list.h"
#include "app/config/host_memory.h"
#include "app/config/read_options.h"
#include "base/byte_text.h"
#include "engine/shard/host_limits.h"

namespace app {

namespace {

void read_listen(SettingReader& reader, Options& options) {
  std::vector<std::string> texts = reader.list("server.listen");
  options.listen_is_default = texts.empty();
  if (texts.empty()) texts = {"0.0.0.0:8080", "[::]:8080"};
  for (const std::string& text : texts) {
    const auto address = engine::Address::parse(text);
    if (!address.ok()) {
      reader.fail_quoted("server.listen", address.error().message);
      return;
    }
    options.listen.push_back(address.value());
  }
}

void read_shards(SettingReader& reader, Options& options) {
  const std::vector<std::uint32_t> allowed = engine::allowed_cpus();
  if (const std::string text = reader.text("server.cpus"); !text.empty()) {
    auto cpus = parse_cpu_list(text);
    if (!cpus.ok()) return reader.fail_quoted("server.cpus", cpus.error().message);
    options.cpus = cpus.take();
    for (const std::uint32_t cpu : options.cpus) {
      if (std::ranges::find(allowed, cpu) != allowed.end()) continue;
      reader.fail("server.cpus",
                  fmt::format("cpu {} is not one of the {} that this process may use", cpu,
                              allowed.size()));
    }
  }
  const std::size_t cpus = options.cpus.empty() ? allowed.size() : options.cpus.size();
  options.shards = static_cast<std::uint32_t>(std::min<std::size_t>(cpus, base::kShardsMost));
  if (reader.is_said("server.shards")) options.shards = reader.small_count("server.shards");
}

void read_sessions(SettingReader& reader, Options& options) {
  options.connections = reader.count("server.connections");
  engine::SessionOptions& session = options.session;
  session.message_bytes_max = reader.bytes("server.max_message");
  session.send_queue_bytes_max = reader.bytes("server.send_queue");
  session.heartbeat_interval = reader.duration("server.heartbeat");
  session.handshake_timeout = reader.duration("server.handshake_timeout");
  session.close_timeout = reader.duration("server.close_timeout");
  session.idle_timeout = reader.duration("server.idle_timeout");
  session.relocate = reader.on("server.room_affinity");
  options.park_after = reader.duration("server.park_after");
  if (session.heartbeat_interval > base::Duration::zero()) {
    options.park_after = std::min(options.park_after, session.heartbeat_interval / 2);
  }
  options.receive_buffer_bytes = static_cast<std::uint32_t>(reader.bytes("server.receive_buffer"));
  options.raw = reader.on("server.raw");
}

void read_slow_readers(SettingReader& reader, Options& options) {
  engine::RoomOptions& rooms = options.rooms;
  for (const std::string& rule : reader.list("rooms.policies")) {
    const base::Status added = rooms.policies.add(rule);
    if (!added.ok()) reader.fail_one("rooms.policies", rule, added.error().message);
  }
  const std::uint64_t most = options.session.send_queue_bytes_max;
  rooms.conflate_above_bytes = std::min(most, reader.bytes("rooms.conflate_above"));
  rooms.drop_above_bytes = std::min(most, reader.bytes("rooms.drop_above"));
  rooms.keys_per_room_max = reader.small_count("rooms.keys_per_room");
}

void read_budgets(SettingReader& reader, Options& options) {
  const std::uint64_t shards = options.shards;
  std::uint64_t handshakes = shards * base::kHandshakesPerSecondPerShardDefault;
  if (reader.is_said("server.handshakes_per_second")) {
    handshakes = reader.count("server.handshakes_per_second");
  }
  // Each shard has its part, rounded up: a limit that is given is not none.
  options.session.handshakes_per_second = (handshakes + shards - 1) / shards;
  const std::uint64_t half = host_memory_bytes() / base::kMemoryBudgetHostPart;
  options.memory_budget = std::max(half, base::kMemoryBudgetLeast);
  if (reader.is_said("server.memory_budget")) {
    options.memory_budget = reader.bytes("server.memory_budget");
  }
  if (options.memory_budget > 0 && options.memory_budget < base::kMemoryBudgetLeast) {
    reader.fail("server.memory_budget",
                fmt::format("must be at least {}, or 0 for no limit",
                            base::format_byte_count(base::kMemoryBudgetLeast)));
  }
}

// Those of all rings, whole bursts at once, are a part of the memory budget.
std::uint32_t standard_receive_buffers(const Options& options) {
  if (options.memory_budget == 0) return base::kReceiveBuffersDefault;
  const std::uint64_t part = options.memory_budget / base::kReceiveBuffersBudgetPart;
  const std::uint64_t each = part / options.shards / options.receive_buffer_bytes;
  const std::uint32_t most = base::kReceiveBuffersDefault;
  return std::clamp(static_cast<std::uint32_t>(std::bit_floor(std::min<std::uint64_t>(each, most))),
                    base::kReceiveBuffersLeast, most);
}

void read_receive_buffers(SettingReader& reader, Options& options) {
  options.receive_buffers = standard_receive_buffers(options);
  if (!reader.is_said("server.receive_buffers")) return;
  options.receive_buffers = reader.small_count("server.receive_buffers");
  if (!std::has_single_bit(options.receive_buffers)) {
    reader.fail("server.receive_buffers", "must be a power of two");
  }
}

}  // namespace

void read_server_options(SettingReader& reader, Options& options) {
  read_listen(reader, options);
  read_shards(reader, options);
  read_sessions(reader, options);
  read_slow_readers(reader, options);
  read_budgets(reader, options);
  read_receive_buffers(reader, options);
}

}  // namespace app
