#include "millrace/checked_options.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <bit>
#include <string_view>
#include <utility>

#include "base/byte_text.h"
#include "base/duration_text.h"
#include "base/limits.h"
#include "engine/shard/host_limits.h"

namespace millrace {

namespace {

// The public header names no other: its defaults are held to the real ones here.
static_assert(Options{}.connections_max == base::kConnectionsDefault);
static_assert(Options{}.handshakes_per_second_per_shard ==
              base::kHandshakesPerSecondPerShardDefault);
static_assert(Options{}.message_bytes_max == base::kMessageBytesDefault);
static_assert(Options{}.send_queue_bytes_max == base::kSendQueueBytesDefault);
static_assert(Options{}.handshake_timeout == base::kHandshakeTimeoutDefault);
static_assert(Options{}.close_timeout == base::kCloseTimeoutDefault);
static_assert(Options{}.heartbeat_interval == base::kHeartbeatIntervalDefault);
static_assert(Options{}.park_after == base::kParkAfterDefault);
static_assert(Options{}.drain_grace == base::kDrainGraceDefault);
static_assert(Options{}.receive_buffers == base::kReceiveBuffersDefault);
static_assert(Options{}.receive_buffer_bytes == base::kReceiveBufferBytesDefault);
static_assert(Options{}.conflate_above_bytes == base::kConflateAboveBytesDefault);
static_assert(Options{}.drop_above_bytes == base::kDropAboveBytesDefault);
static_assert(Options{}.keys_per_room_max == base::kKeysPerRoomDefault);
static_assert(Options{}.posted_tasks_max == base::kPostedTasksDefault);

// Collects the first mistake; every check below does nothing once there is one.
class Checker {
 public:
  void count(std::string_view field, std::uint64_t value, std::uint64_t least, std::uint64_t most) {
    if (value >= least && value <= most) return;
    fail("Options::{} is {}: must be from {} to {}", field, value, least, most);
  }

  void bytes(std::string_view field, std::uint64_t value, std::uint64_t least, std::uint64_t most) {
    if (value >= least && value <= most) return;
    fail("Options::{} is {}: must be from {} to {}", field, base::format_byte_count(value),
         base::format_byte_count(least), base::format_byte_count(most));
  }

  void duration(std::string_view field, base::Duration value, bool or_never) {
    if (or_never && value == base::Duration::zero()) return;
    if (value >= base::kTimeoutLeast && value <= base::kTimeoutMost) return;
    fail("Options::{} is {} ns: must be from {} to {}{}", field, value.count(),
         base::format_duration(base::kTimeoutLeast), base::format_duration(base::kTimeoutMost),
         or_never ? ", or 0 for never" : "");
  }

  template <typename... Args>
  void fail(fmt::format_string<Args...> format, Args&&... args) {
    if (mistake_.empty()) mistake_ = fmt::format(format, std::forward<Args>(args)...);
  }
  const std::string& mistake() const { return mistake_; }

 private:
  std::string mistake_;
};

base::LogLevel engine_level(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::debug:
      return base::LogLevel::debug;
    case LogLevel::info:
      return base::LogLevel::info;
    case LogLevel::warn:
      return base::LogLevel::warn;
    case LogLevel::error:
      return base::LogLevel::error;
    case LogLevel::off:
      break;
  }
  return base::LogLevel::off;
}

std::uint64_t fresh_seed() {
  std::uint64_t seed = 0;
  // Masking keys and nothing secret: should the kernel have no entropy yet, any seed will do.
  static_cast<void>(getrandom(&seed, sizeof seed, GRND_NONBLOCK));
  return seed;
}

void check_listen(Checker& checker, const Options& options, engine::ShardGroupOptions& group) {
  if (options.listen.empty()) {
    checker.fail("Options::listen is empty: name at least one address, such as 127.0.0.1:8080");
  }
  for (const std::string& text : options.listen) {
    const auto address = engine::Address::parse(text);
    if (address.ok()) {
      group.listen.push_back(address.value());
    } else {
      checker.fail("Options::listen: {}", address.error().message);
    }
  }
}

void check_shards(Checker& checker, const Options& options, engine::ShardGroupOptions& group) {
  const std::vector<std::uint32_t> allowed = engine::allowed_cpus();
  for (const std::uint32_t cpu : options.cpus) {
    if (std::find(allowed.begin(), allowed.end(), cpu) != allowed.end()) continue;
    checker.fail("Options::cpus: cpu {} is not one of the {} that this process may use", cpu,
                 allowed.size());
  }
  group.cpus = options.cpus;
  const std::size_t cpus = options.cpus.empty() ? allowed.size() : options.cpus.size();
  const std::size_t shards_default = std::min<std::size_t>(cpus, base::kShardsMost);
  checker.count("shards", options.shards, 0, base::kShardsMost);
  group.shards = options.shards == 0 ? static_cast<std::uint32_t>(shards_default) : options.shards;
}

void check_limits(Checker& checker, const Options& options, engine::SessionOptions& session) {
  checker.count("connections_max", options.connections_max, 1, base::kConnectionsMost);
  if (options.memory_budget_bytes > 0) {
    checker.bytes("memory_budget_bytes", options.memory_budget_bytes, base::kMemoryBudgetLeast,
                  base::kMemoryBudgetMost);
  }
  checker.count("handshakes_per_second_per_shard", options.handshakes_per_second_per_shard, 0,
                base::kHandshakesPerSecondMost);
  checker.bytes("message_bytes_max", options.message_bytes_max, base::kMessageBytesLeast,
                base::kMessageBytesMost);
  checker.bytes("send_queue_bytes_max", options.send_queue_bytes_max, base::kSendQueueBytesLeast,
                base::kSendQueueBytesMost);
  checker.duration("handshake_timeout", options.handshake_timeout, false);
  checker.duration("close_timeout", options.close_timeout, false);
  checker.duration("heartbeat_interval", options.heartbeat_interval, true);
  checker.duration("idle_timeout", options.idle_timeout, true);
  checker.duration("park_after", options.park_after, true);
  checker.duration("drain_grace", options.drain_grace, false);
  checker.count("receive_buffers", options.receive_buffers, base::kReceiveBuffersLeast,
                base::kReceiveBuffersMost);
  if (!std::has_single_bit(options.receive_buffers)) {
    checker.fail("Options::receive_buffers is {}: must be a power of two", options.receive_buffers);
  }
  checker.bytes("receive_buffer_bytes", options.receive_buffer_bytes,
                base::kReceiveBufferBytesLeast, base::kReceiveBufferBytesMost);
  checker.count("posted_tasks_max", options.posted_tasks_max, 1, UINT32_MAX);
  session.handshakes_per_second = options.handshakes_per_second_per_shard;
  session.message_bytes_max = options.message_bytes_max;
  session.send_queue_bytes_max = options.send_queue_bytes_max;
  session.handshake_timeout = options.handshake_timeout;
  session.close_timeout = options.close_timeout;
  session.heartbeat_interval = options.heartbeat_interval;
  session.idle_timeout = options.idle_timeout;
}

void check_rooms(Checker& checker, const Options& options, engine::RoomOptions& rooms) {
  for (const std::string& rule : options.room_policies) {
    const base::Status added = rooms.policies.add(rule);
    if (!added.ok()) {
      checker.fail("Options::room_policies: '{}': {}", rule, added.error().message);
    }
  }
  checker.count("keys_per_room_max", options.keys_per_room_max, 1, base::kKeysPerRoomMost);
  const std::uint64_t most = options.send_queue_bytes_max;
  rooms.conflate_above_bytes = std::min(most, options.conflate_above_bytes);
  rooms.drop_above_bytes = std::min(most, options.drop_above_bytes);
  rooms.keys_per_room_max = options.keys_per_room_max;
}

void fit_to_host(Checker& checker, const Options& options, engine::ShardGroupOptions& group) {
  engine::raise_open_file_limit();
  const std::uint64_t files = engine::open_file_limit();
  const std::uint64_t most = engine::connections_limit(group.shards, files);
  if (options.connections_max > most) {
    checker.fail(
        "Options::connections_max is {}: the open-file limit of {} allows {} with {} shards: raise "
        "it (ulimit -n, LimitNOFILE=), or lower connections_max",
        options.connections_max, files, most, group.shards);
  }
  group.driver.descriptors = engine::descriptors_per_shard(options.connections_max, group.shards);
}

}  // namespace

base::Result<CheckedOptions> check_options(const Options& options) {
  Checker checker;
  CheckedOptions checked;
  check_listen(checker, options, checked.group);
  check_shards(checker, options, checked.group);
  check_limits(checker, options, checked.session);
  check_rooms(checker, options, checked.rooms);
  if (checker.mistake().empty()) fit_to_host(checker, options, checked.group);
  if (!checker.mistake().empty()) return base::Error{checker.mistake()};
  checked.group.park_after = options.park_after;
  if (options.heartbeat_interval > base::Duration::zero()) {
    checked.group.park_after = std::min(checked.group.park_after, options.heartbeat_interval / 2);
  }
  checked.group.driver.receive_buffers = options.receive_buffers;
  checked.group.driver.receive_buffer_bytes = options.receive_buffer_bytes;
  checked.group.driver.seed = fresh_seed();
  checked.group.thread_name = "millrace";
  checked.log_level = engine_level(options.log_level);
  return checked;
}

}  // namespace millrace
