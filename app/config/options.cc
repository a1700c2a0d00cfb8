#include "app/config/options.h"

#include <fmt/format.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <utility>

#include "app/config/host_limits.h"
#include "app/config/host_memory.h"
#include "app/config/version_text.h"
#include "base/byte_text.h"
#include "base/duration_text.h"
#include "engine/shard/host_limits.h"

namespace app {

namespace {

constexpr int kUsageError = 2;

// What the flags said, as text, before any of it is believed.
struct RawOptions {
  std::vector<std::string> listen;
  std::string cpus;
  std::string max_message = base::format_byte_count(base::kMessageBytesDefault);
  std::string send_queue = base::format_byte_count(base::kSendQueueBytesDefault);
  std::string heartbeat = base::format_duration(base::kHeartbeatIntervalDefault);
  std::string handshake_timeout = base::format_duration(base::kHandshakeTimeoutDefault);
  std::string close_timeout = base::format_duration(base::kCloseTimeoutDefault);
  std::string idle_timeout = "0s";
  std::string park_after = base::format_duration(base::kParkAfterDefault);
  std::string drain_timeout = base::format_duration(base::kDrainGraceDefault);
  std::string receive_buffer = base::format_byte_count(base::kReceiveBufferBytesDefault);
  std::string shards;
  std::string connections = std::to_string(base::kConnectionsDefault);
  std::string receive_buffers;
  std::string handshakes;
  std::string memory_budget;
  std::vector<std::string> room_policies;
  std::string conflate_above = base::format_byte_count(base::kConflateAboveBytesDefault);
  std::string drop_above = base::format_byte_count(base::kDropAboveBytesDefault);
  std::string keys_per_room = std::to_string(base::kKeysPerRoomDefault);
  std::string log_level = "info";
  std::string log_format = "text";
  bool no_room_affinity = false;
  bool raw = false;
  bool version = false;
  bool verbose = false;
};

// Collects the first mistake. What is refused is read as the least that is allowed, so that what
// others reckon from it before the mistake is told is possible.
class Reader {
 public:
  std::uint64_t count(std::string_view flag, const std::string& text, std::uint64_t least,
                      std::uint64_t most) {
    std::uint64_t value = 0;
    const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = status == std::errc() && end == text.data() + text.size();
    if (!whole || value < least || value > most) {
      fail("{} {}: must be a whole number from {} to {}", flag, text, least, most);
      return least;
    }
    return value;
  }

  std::uint64_t bytes(std::string_view flag, const std::string& text, std::uint64_t least,
                      std::uint64_t most) {
    const auto value = base::parse_byte_count(text);
    if (!value.ok()) {
      fail("{} {}: {}", flag, text, value.error().message);
      return least;
    }
    if (value.value() < least || value.value() > most) {
      fail("{} {}: must be from {} to {}", flag, text, base::format_byte_count(least),
           base::format_byte_count(most));
      return least;
    }
    return value.value();
  }

  // `or_never`: zero is allowed too, and switches it off.
  base::Duration duration(std::string_view flag, const std::string& text, bool or_never) {
    const auto value = base::parse_duration(text);
    if (!value.ok()) {
      fail("{} {}: {}", flag, text, value.error().message);
      return base::kTimeoutLeast;
    }
    const bool never = or_never && value.value() == base::Duration::zero();
    if (!never && (value.value() < base::kTimeoutLeast || value.value() > base::kTimeoutMost)) {
      fail("{} {}: must be from {} to {}{}", flag, text, base::format_duration(base::kTimeoutLeast),
           base::format_duration(base::kTimeoutMost), or_never ? ", or 0s for never" : "");
    }
    return value.value();
  }

  template <typename T>
  T choice(std::string_view flag, const std::string& text, const std::map<std::string, T>& all) {
    if (const auto found = all.find(text); found != all.end()) return found->second;
    std::string allowed;
    for (const auto& [word, value] : all) allowed += (allowed.empty() ? "" : ", ") + word;
    fail("{} {}: must be one of {}", flag, text, allowed);
    return all.begin()->second;
  }

  template <typename... Args>
  void fail(fmt::format_string<Args...> format, Args&&... args) {
    if (mistake_.empty()) mistake_ = fmt::format(format, std::forward<Args>(args)...);
  }
  const std::string& mistake() const { return mistake_; }

 private:
  std::string mistake_;
};

void declare(CLI::App& program, RawOptions& raw) {
  program
      .add_option("--listen", raw.listen,
                  "address to listen on, ADDRESS:PORT or [IPV6]:PORT; may be repeated "
                  "(default: port 8080 of every address)")
      ->allow_extra_args(false);  // Else brackets would mean a list of several.
  program.add_option("--shards", raw.shards,
                     "threads, each with its own ring (default: one per cpu)");
  program.add_option("--cpus", raw.cpus, "cpus to pin the shards to, in turn, such as 0-3,8");
  program.add_option("--connections", raw.connections, "connections at most, over all shards")
      ->capture_default_str();
  program.add_option("--max-message", raw.max_message, "largest message; more is closed with 1009")
      ->capture_default_str();
  program
      .add_option("--send-queue", raw.send_queue,
                  "what may wait for one slow reader; more is closed with 1013")
      ->capture_default_str();
  program
      .add_option("--heartbeat", raw.heartbeat, "ping a session that was silent so long; 0s: never")
      ->capture_default_str();
  program.add_option("--handshake-timeout", raw.handshake_timeout, "for the opening handshake")
      ->capture_default_str();
  program.add_option("--close-timeout", raw.close_timeout, "for the answer to a close frame")
      ->capture_default_str();
  program
      .add_option("--idle-timeout", raw.idle_timeout,
                  "close a session without messages for so long; 0s: never")
      ->capture_default_str();
  program
      .add_option("--park-after", raw.park_after,
                  "let a connection that was silent so long cost the least memory; 0s: never; at "
                  "most half of --heartbeat, whose pongs would keep everybody awake")
      ->capture_default_str();
  program.add_option("--drain-timeout", raw.drain_timeout, "from SIGTERM to the end at the latest")
      ->capture_default_str();
  program.add_option(
      "--receive-buffers", raw.receive_buffers,
      fmt::format("that a ring may lend at once, a power of two; no more than bursts need take "
                  "memory (default: {}, or what a quarter of --memory-budget allows)",
                  base::kReceiveBuffersDefault));
  program.add_option("--receive-buffer", raw.receive_buffer, "bytes of one receive buffer")
      ->capture_default_str();
  program.add_flag(
      "--no-room-affinity", raw.no_room_affinity,
      "serve a connection on the shard that accepted it, wherever its room is at home");
  program.add_flag("--raw", raw.raw, "serve the raw endpoints /echo and /room?room=R");
  program.add_option("--log-level", raw.log_level, "trace, debug, info, warn, error or off")
      ->capture_default_str();
  program.add_option("--log-format", raw.log_format, "text or json")->capture_default_str();
  CLI::Option* version = program.add_flag(
      "--version", raw.version, "print the version; with --verbose also what the kernel offers");
  program.add_flag("--verbose", raw.verbose, "with --version")->needs(version);
}

void declare_budgets(CLI::App& program, RawOptions& raw) {
  program.add_option(
      "--handshakes-per-second", raw.handshakes,
      fmt::format(
          "opening handshakes at most, over all shards; more are refused with 503 early and "
          "cheaply; 0: no limit (default: {} for each shard)",
          base::kHandshakesPerSecondPerShardDefault));
  program.add_option("--memory-budget", raw.memory_budget,
                     "what all connections together may hold in queues, partial messages and "
                     "handshakes; near it new ones are refused, then the slowest closed; 0: no "
                     "limit (default: half of the host's memory)");
}

void declare_rooms(CLI::App& program, RawOptions& raw) {
  program
      .add_option("--room-policy", raw.room_policies,
                  "PATTERN=POLICY, such as ticks.*=latest: what rooms of that name do for slow "
                  "readers: reliable, latest or ephemeral; may be repeated, the first that fits "
                  "decides (default: reliable)")
      ->allow_extra_args(false);
  program
      .add_option(
          "--conflate-above", raw.conflate_above,
          "what may wait for a member of a latest room before it is given newest values only")
      ->capture_default_str();
  program
      .add_option("--drop-above", raw.drop_above,
                  "what may wait for a member of an ephemeral room before messages are dropped")
      ->capture_default_str();
  program
      .add_option("--keys-per-room", raw.keys_per_room,
                  "keys whose newest values a latest room keeps per shard while somebody lags")
      ->capture_default_str();
}

void read_listen(Reader& reader, const RawOptions& raw, Options& options) {
  options.listen_is_default = raw.listen.empty();
  std::vector<std::string> texts = raw.listen;
  if (texts.empty()) texts = {"0.0.0.0:8080", "[::]:8080"};
  for (const std::string& text : texts) {
    const auto address = engine::Address::parse(text);
    if (!address.ok()) {
      reader.fail("--listen {}", address.error().message);
      return;
    }
    options.listen.push_back(address.value());
  }
}

void read_shards(Reader& reader, const RawOptions& raw, Options& options) {
  const std::vector<std::uint32_t> allowed = engine::allowed_cpus();
  if (!raw.cpus.empty()) {
    auto cpus = parse_cpu_list(raw.cpus);
    if (!cpus.ok()) {
      reader.fail("--cpus {}", cpus.error().message);
      return;
    }
    options.cpus = cpus.take();
    for (const std::uint32_t cpu : options.cpus) {
      if (std::find(allowed.begin(), allowed.end(), cpu) != allowed.end()) continue;
      reader.fail("--cpus {}: cpu {} is not one of the {} that this process may use", raw.cpus, cpu,
                  allowed.size());
    }
  }
  const std::size_t cpus = options.cpus.empty() ? allowed.size() : options.cpus.size();
  const std::string shards = raw.shards.empty() ? std::to_string(cpus) : raw.shards;
  options.shards =
      static_cast<std::uint32_t>(reader.count("--shards", shards, 1, base::kShardsMost));
}

void read_limits(Reader& reader, const RawOptions& raw, Options& options) {
  options.connections = reader.count("--connections", raw.connections, 1, base::kConnectionsMost);
  engine::SessionOptions& session = options.session;
  session.message_bytes_max = reader.bytes("--max-message", raw.max_message,
                                           base::kMessageBytesLeast, base::kMessageBytesMost);
  session.send_queue_bytes_max = reader.bytes(
      "--send-queue", raw.send_queue, base::kSendQueueBytesLeast, base::kSendQueueBytesMost);
  session.heartbeat_interval = reader.duration("--heartbeat", raw.heartbeat, true);
  session.handshake_timeout = reader.duration("--handshake-timeout", raw.handshake_timeout, false);
  session.close_timeout = reader.duration("--close-timeout", raw.close_timeout, false);
  session.idle_timeout = reader.duration("--idle-timeout", raw.idle_timeout, true);
  options.park_after = reader.duration("--park-after", raw.park_after, true);
  if (session.heartbeat_interval > base::Duration::zero()) {
    options.park_after = std::min(options.park_after, session.heartbeat_interval / 2);
  }
  options.drain_grace = reader.duration("--drain-timeout", raw.drain_timeout, false);
  options.receive_buffer_bytes = static_cast<std::uint32_t>(
      reader.bytes("--receive-buffer", raw.receive_buffer, base::kReceiveBufferBytesLeast,
                   base::kReceiveBufferBytesMost));
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

void read_receive_buffers(Reader& reader, const RawOptions& raw, Options& options) {
  options.receive_buffers = standard_receive_buffers(options);
  if (raw.receive_buffers.empty()) return;
  options.receive_buffers = static_cast<std::uint32_t>(
      reader.count("--receive-buffers", raw.receive_buffers, base::kReceiveBuffersLeast,
                   base::kReceiveBuffersMost));
  if (!std::has_single_bit(options.receive_buffers)) {
    reader.fail("--receive-buffers {}: must be a power of two", raw.receive_buffers);
  }
}

void read_budgets(Reader& reader, const RawOptions& raw, Options& options) {
  const std::uint64_t shards = options.shards;
  const std::uint64_t standard = shards * base::kHandshakesPerSecondPerShardDefault;
  const std::string text = raw.handshakes.empty() ? std::to_string(standard) : raw.handshakes;
  const std::uint64_t handshakes =
      reader.count("--handshakes-per-second", text, 0, base::kHandshakesPerSecondMost);
  // Each shard has its part, rounded up: a limit that is given is not none.
  const std::uint64_t half = host_memory_bytes() / base::kMemoryBudgetHostPart;
  options.memory_budget = std::max(half, base::kMemoryBudgetLeast);
  if (!raw.memory_budget.empty()) {
    options.memory_budget =
        reader.bytes("--memory-budget", raw.memory_budget, 0, base::kMemoryBudgetMost);
  }
  if (options.memory_budget > 0 && options.memory_budget < base::kMemoryBudgetLeast) {
    reader.fail("--memory-budget {}: must be at least {}, or 0 for no limit", raw.memory_budget,
                base::format_byte_count(base::kMemoryBudgetLeast));
  }
  options.session.handshakes_per_second = (handshakes + shards - 1) / shards;
}

void read_rooms(Reader& reader, const RawOptions& raw, Options& options) {
  engine::RoomOptions& rooms = options.rooms;
  for (const std::string& rule : raw.room_policies) {
    const base::Status added = rooms.policies.add(rule);
    if (!added.ok()) reader.fail("--room-policy {}: {}", rule, added.error().message);
  }
  const std::uint64_t most = options.session.send_queue_bytes_max;
  rooms.conflate_above_bytes = std::min(
      most, reader.bytes("--conflate-above", raw.conflate_above, 0, base::kSendQueueBytesMost));
  rooms.drop_above_bytes =
      std::min(most, reader.bytes("--drop-above", raw.drop_above, 0, base::kSendQueueBytesMost));
  rooms.keys_per_room_max = static_cast<std::uint32_t>(
      reader.count("--keys-per-room", raw.keys_per_room, 1, base::kKeysPerRoomMost));
}

Options read(Reader& reader, const RawOptions& raw) {
  Options options;
  read_listen(reader, raw, options);
  read_shards(reader, raw, options);
  read_limits(reader, raw, options);
  read_rooms(reader, raw, options);
  read_budgets(reader, raw, options);
  read_receive_buffers(reader, raw, options);
  options.raw = raw.raw;
  options.session.relocate = !raw.no_room_affinity;
  options.log_level = reader.choice<base::LogLevel>("--log-level", raw.log_level,
                                                    {{"trace", base::LogLevel::trace},
                                                     {"debug", base::LogLevel::debug},
                                                     {"info", base::LogLevel::info},
                                                     {"warn", base::LogLevel::warn},
                                                     {"error", base::LogLevel::error},
                                                     {"off", base::LogLevel::off}});
  options.log_format = reader.choice<base::LogFormat>(
      "--log-format", raw.log_format,
      {{"text", base::LogFormat::text}, {"json", base::LogFormat::json}});
  return options;
}

Goodbye mistake(const std::string& text) {
  return {.text = "millrace: " + text + "\n", .status = kUsageError};
}

}  // namespace

base::Result<std::vector<std::uint32_t>> parse_cpu_list(const std::string& text) {
  const base::Error malformed{text + ": write cpu numbers and ranges, such as 0-3,8"};
  std::vector<std::uint32_t> cpus;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    std::uint32_t first = 0;
    auto result = std::from_chars(at, end, first);
    if (result.ec != std::errc{}) return malformed;
    std::uint32_t last = first;
    if (result.ptr != end && *result.ptr == '-') {
      result = std::from_chars(result.ptr + 1, end, last);
      if (result.ec != std::errc{} || last < first) return malformed;
    }
    if (last >= engine::kCpusMost) return malformed;
    for (std::uint32_t cpu = first; cpu <= last; ++cpu) cpus.push_back(cpu);
    if (result.ptr == end) return cpus;
    if (*result.ptr != ',') return malformed;
    at = result.ptr + 1;
  }
}

std::variant<Options, Goodbye> parse_options(int argc, const char* const* argv) {
  RawOptions raw;
  CLI::App program{"Millrace: a real-time WebSocket gateway on io_uring."};
  declare(program, raw);
  declare_rooms(program, raw);
  declare_budgets(program, raw);
  try {
    program.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return Goodbye{.text = program.help(), .status = 0};
  } catch (const CLI::ParseError& error) {
    return mistake(std::string(error.what()) + "; see millrace --help");
  }
  if (raw.version) return Goodbye{.text = version_text(raw.verbose), .status = 0};
  Reader reader;
  Options options = read(reader, raw);
  if (!reader.mistake().empty()) return mistake(reader.mistake());
  if (base::Status status = fit_to_host(options); !status.ok()) {
    return mistake(status.error().message);
  }
  return options;
}

}  // namespace app
