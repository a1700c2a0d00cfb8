#include "loadgen/command_line.h"

#include <fmt/format.h>
#include <millrace_version.h>
#include <CLI/CLI.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <sstream>

#include "base/byte_text.h"
#include "base/duration_text.h"
#include "base/limits.h"
#include "loadgen/message.h"

namespace loadgen {

namespace {

constexpr std::uint64_t kPublisherStreamsMost = std::uint64_t{1} << 28;
constexpr std::uint64_t kInFlightMost = 1'000'000;
constexpr std::uint64_t kSpreadMost = 65'536;
constexpr std::uint32_t kCpuMost = 4095;

// What the flags said, as text, before any of it is believed.
struct RawOptions {
  ScenarioKind scenario = ScenarioKind::echo;
  std::string url;
  std::uint64_t connections = 100;
  std::uint64_t rooms = 1;
  std::uint64_t members = 100;
  std::uint64_t publishers = 1;
  std::string rate;
  std::string arrivals = "constant";
  bool deliveries = false;
  std::uint64_t in_flight = 1;
  std::string size = "64";
  bool hold = false;
  std::string warm_up;  // Empty: as the scenario wants it.
  std::string duration = "10s";
  std::string drain_timeout = "10s";
  std::uint64_t connect_in_progress = 128;
  std::string connect_rate;
  std::string connect_timeout = "30s";
  std::uint64_t spread = 1;
  std::uint64_t shards = 1;
  std::string cpus;
  std::uint64_t seed = 1;
  std::int64_t server_pid = 0;
  std::vector<std::string> expectations;
  std::string json_file;
  bool quiet = false;
};

// Reads texts into values and keeps the first mistake; after one, every value is unimportant.
class Reader {
 public:
  std::uint32_t count(std::string_view flag, std::uint64_t value, std::uint64_t least,
                      std::uint64_t most) {
    if (value < least || value > most) {
      fail("{} {}: must be from {} to {}", flag, value, least, most);
    }
    return static_cast<std::uint32_t>(value);
  }

  base::Duration duration(std::string_view flag, const std::string& text, bool zero_allowed) {
    auto duration = base::parse_duration(text);
    if (!duration.ok()) {
      fail("{} {}", flag, duration.error().message);
      return {};
    }
    if (duration.value() == base::Duration::zero() && !zero_allowed) {
      fail("{} {}: must be more than nothing", flag, text);
    }
    if (duration.value() > base::kTimeoutMost) {
      fail("{} {}: at most {}", flag, text, base::format_duration(base::kTimeoutMost));
    }
    return duration.take();
  }

  // 0 when there is none. May end in k or M.
  double rate(std::string_view flag, const std::string& text) {
    if (text.empty()) return 0;
    double value = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, value);
    const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
    const double factor = unit.empty() ? 1 : unit == "k" ? 1e3 : unit == "M" ? 1e6 : 0;
    value *= factor;
    constexpr double kRateMost = 1e9;
    if (error != std::errc{} || !(value > 0) || value > kRateMost) {
      fail("{} {}: write how many a second, for example 5000, 100k or 0.5", flag, text);
      return 1;
    }
    return value;
  }

  SizeRange size(const std::string& text) {
    const std::size_t dots = text.find("..");
    const std::uint32_t least = bytes(text.substr(0, dots));
    const std::uint32_t most = dots == std::string::npos ? least : bytes(text.substr(dots + 2));
    if (least > most) fail("--size {}: the first is larger than the second", text);
    return {.least = least, .most = most};
  }

  std::vector<std::uint32_t> cpus(const std::string& text) {
    std::vector<std::uint32_t> cpus;
    std::istringstream parts(text);
    for (std::string part; std::getline(parts, part, ',');) {
      const std::size_t dash = part.find('-');
      const std::uint32_t first = cpu(text, part.substr(0, dash));
      const std::uint32_t last =
          dash == std::string::npos ? first : cpu(text, part.substr(dash + 1));
      for (std::uint32_t i = first; i <= last; ++i) cpus.push_back(i);
    }
    return cpus;
  }

  template <typename... Arguments>
  void fail(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    if (mistake_.empty()) mistake_ = fmt::format(format, std::forward<Arguments>(arguments)...);
  }
  void fail_with(const base::Error& error) { fail("{}", error.message); }
  const std::string& mistake() const { return mistake_; }

 private:
  std::uint32_t bytes(const std::string& text) {
    const auto count = base::parse_byte_count(text);
    if (!count.ok()) {
      fail("--size {}", count.error().message);
    } else if (count.value() < kStampBytes || count.value() > base::kMessageBytesMost) {
      fail("--size {}: must be from {} (what a message carries to be audited) to {}", text,
           kStampBytes, base::format_byte_count(base::kMessageBytesMost));
    } else {
      return static_cast<std::uint32_t>(count.value());
    }
    return kStampBytes;
  }

  std::uint32_t cpu(const std::string& all, const std::string& text) {
    std::uint32_t cpu = 0;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, cpu);
    if (error != std::errc{} || rest != end || cpu > kCpuMost) {
      fail("--cpus {}: write cpus such as 1 or 0-3,8", all);
      return 0;
    }
    return cpu;
  }

  std::string mistake_;
};

// ---- The flags ----------------------------------------------------------------------------------

void add_common(CLI::App& command, RawOptions& raw) {
  command.add_option("url", raw.url, "ws://HOST:PORT[,HOST:PORT...]/PATH")->required();
  command.add_option("--warm-up", raw.warm_up,
                     "not measured, but audited (default: 2s; 0s for idle and with --hold)");
  command.add_option("--duration", raw.duration, "measured")->capture_default_str();
  command
      .add_option("--connect-in-progress", raw.connect_in_progress,
                  "connects without an answer at once, before the run")
      ->capture_default_str();
  command.add_option("--connect-rate", raw.connect_rate,
                     "connects per second before the run (default: as fast as they are answered)");
  command
      .add_option("--connect-timeout", raw.connect_timeout, "without any connect being answered")
      ->capture_default_str();
  command
      .add_option("--spread", raw.spread,
                  "use so many addresses, counting up from the URL's: each has its own ports")
      ->capture_default_str();
  command.add_option("--shards", raw.shards, "threads of the generator")->capture_default_str();
  command.add_option("--cpus", raw.cpus, "pin the shards to these, for example 1 or 0-3,8");
  command.add_option("--seed", raw.seed, "of contents, sizes and arrivals")->capture_default_str();
  command.add_option("--server-pid", raw.server_pid, "report this process's cpu and memory");
  command.add_option("--expect", raw.expectations, "such as 'p99<10ms'; may be repeated");
  command.add_option("--json", raw.json_file,
                     "write the report as JSON to this file, - for stdout");
  command.add_flag("--quiet", raw.quiet, "no progress line and no table");
}

void add_messages(CLI::App& command, RawOptions& raw) {
  command.add_option("--rate", raw.rate, "open loop: messages per second in all, for example 100k");
  command.add_option("--arrivals", raw.arrivals, "open loop: constant or poisson")
      ->capture_default_str();
  command
      .add_option("--in-flight", raw.in_flight,
                  "closed loop, without --rate: messages under way per publisher")
      ->capture_default_str();
  command.add_option("--size", raw.size, "bytes of a message, or a range such as 64..4096")
      ->capture_default_str();
  command.add_option("--drain-timeout", raw.drain_timeout, "wait so long for what is under way")
      ->capture_default_str();
}

void add_connections(CLI::App& command, RawOptions& raw, const std::string& text) {
  command.add_option("--connections", raw.connections, text)->capture_default_str();
}

void declare_connect(CLI::App& program, RawOptions& raw) {
  CLI::App& command =
      *program.add_subcommand("connect", "open connections, and close each as soon as it is open");
  add_connections(command, raw, "open at once, at most");
  command.add_option("--rate", raw.rate, "open loop: connects per second in all");
  command.add_option("--arrivals", raw.arrivals, "open loop: constant or poisson")
      ->capture_default_str();
  command
      .add_option("--in-flight", raw.in_flight,
                  "closed loop, without --rate: connects under way in all")
      ->capture_default_str();
  command.add_flag("--hold", raw.hold, "keep what was opened; over when all are open");
  add_common(command, raw);
  command.callback([&raw] { raw.scenario = ScenarioKind::connect; });
}

void declare_idle(CLI::App& program, RawOptions& raw) {
  CLI::App& command = *program.add_subcommand(
      "idle", "hold connections that only answer pings; with --server-pid: memory of each");
  add_connections(command, raw, "to hold");
  add_common(command, raw);
  command.callback([&raw] { raw.scenario = ScenarioKind::idle; });
}

void declare_echo(CLI::App& program, RawOptions& raw) {
  CLI::App& command = *program.add_subcommand(
      "echo", "send messages to a server that sends each back, and audit what comes back");
  add_connections(command, raw, "each sends and receives");
  add_messages(command, raw);
  add_common(command, raw);
  command.callback([&raw] { raw.scenario = ScenarioKind::echo; });
}

void declare_room(CLI::App& program, RawOptions& raw) {
  CLI::App& command = *program.add_subcommand(
      "room", "publish to rooms whose members, the publisher included, audit what they receive");
  command.add_option("--rooms", raw.rooms, "rooms; {room} in the URL becomes the number of one")
      ->capture_default_str();
  command.add_option("--members", raw.members, "connections in each room")->capture_default_str();
  command.add_option("--publishers", raw.publishers, "members of each room that publish")
      ->capture_default_str();
  command.add_flag("--deliveries", raw.deliveries, "--rate counts messages times members");
  add_messages(command, raw);
  add_common(command, raw);
  command.callback([&raw] { raw.scenario = ScenarioKind::room; });
}

// ---- Their meaning ------------------------------------------------------------------------------

std::string_view default_path(ScenarioKind scenario) {
  switch (scenario) {
    case ScenarioKind::room:
      return "/room?room={room}";
    case ScenarioKind::connect:
    case ScenarioKind::idle:
    case ScenarioKind::echo:
      break;
  }
  return "/echo";
}

void read_audience(const RawOptions& raw, Reader& reader, LoadOptions& options) {
  if (raw.scenario != ScenarioKind::room) {
    options.connections = reader.count("--connections", raw.connections, 1, base::kConnectionsMost);
    options.rooms = options.connections;
    return;
  }
  options.rooms = reader.count("--rooms", raw.rooms, 1, base::kConnectionsMost);
  options.members = reader.count("--members", raw.members, 1, base::kConnectionsMost);
  options.publishers = reader.count("--publishers", raw.publishers, 1, options.members);
  options.connections =
      reader.count("--rooms x --members", raw.rooms * raw.members, 1, base::kConnectionsMost);
  static_cast<void>(reader.count("--rooms x --members x --publishers",
                                 raw.rooms * raw.members * raw.publishers, 1,
                                 kPublisherStreamsMost));
}

void read_load(const RawOptions& raw, Reader& reader, LoadOptions& options) {
  options.rate = reader.rate("--rate", raw.rate);
  if (raw.deliveries) {
    if (raw.rate.empty()) reader.fail("--deliveries says what --rate counts: give a --rate");
    options.rate /= options.members;
  }
  if (raw.arrivals == "poisson") {
    options.arrivals = Arrivals::poisson;
  } else if (raw.arrivals != "constant") {
    reader.fail("--arrivals {}: must be constant or poisson", raw.arrivals);
  }
  options.in_flight = reader.count("--in-flight", raw.in_flight, 1, kInFlightMost);
  options.size = reader.size(raw.size);
  options.hold = raw.hold;
  const bool starts_at_once = raw.hold || raw.scenario == ScenarioKind::idle;
  const std::string warm_up = starts_at_once ? "0s" : "2s";
  options.warm_up = reader.duration("--warm-up", raw.warm_up.empty() ? warm_up : raw.warm_up, true);
  options.duration = reader.duration("--duration", raw.duration, false);
  options.drain_timeout = reader.duration("--drain-timeout", raw.drain_timeout, true);
}

void read_rest(const RawOptions& raw, Reader& reader, LoadOptions& options) {
  options.connect_in_progress =
      reader.count("--connect-in-progress", raw.connect_in_progress, 1, base::kConnectsMax);
  options.connect_rate = reader.rate("--connect-rate", raw.connect_rate);
  options.connect_timeout = reader.duration("--connect-timeout", raw.connect_timeout, false);
  options.shards = reader.count("--shards", raw.shards, 1, base::kShardsMost);
  options.cpus = reader.cpus(raw.cpus);
  options.seed = raw.seed;
  if (raw.server_pid != 0) options.server_pid = static_cast<pid_t>(raw.server_pid);
  options.json_file = raw.json_file;
  options.quiet = raw.quiet;
  for (const std::string& text : raw.expectations) {
    auto expectation = Expectation::parse(text);
    if (!expectation.ok()) {
      reader.fail_with(expectation.error());
    } else {
      options.expectations.push_back(expectation.take());
    }
  }
  const std::uint32_t spread = reader.count("--spread", raw.spread, 1, kSpreadMost);
  auto target = Target::parse(raw.url, default_path(raw.scenario), spread);
  if (!target.ok()) {
    reader.fail_with(target.error());
  } else {
    options.target = target.take();
  }
  const bool many_rooms = raw.scenario == ScenarioKind::room && options.rooms > 1;
  if (many_rooms && options.target.path.find("{room}") == std::string::npos) {
    reader.fail("'{}': {} rooms need {{room}} in the path, as in {}", raw.url, options.rooms,
                default_path(raw.scenario));
  }
}

CommandLineAnswer usage_error(const std::string& mistake) {
  return {.exit_code = kExitUsage,
          .text = "millrace-load: " + mistake + "; see millrace-load --help\n"};
}

}  // namespace

std::variant<LoadOptions, CommandLineAnswer> parse_command_line(int count,
                                                                const char* const* arguments) {
  RawOptions raw;
  CLI::App program("Puts load on a WebSocket server and audits what comes back.", "millrace-load");
  program.set_version_flag(
      "--version", fmt::format("millrace-load {} ({})", millrace::kVersion, millrace::kCommit));
  program.require_subcommand(1);
  declare_connect(program, raw);
  declare_idle(program, raw);
  declare_echo(program, raw);
  declare_room(program, raw);
  try {
    program.parse(count, arguments);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) {
      const bool has_scenario = !program.get_subcommands().empty();
      return usage_error(has_scenario ? error.what()
                                      : "name a scenario: connect, idle, echo or room");
    }
    std::ostringstream text;
    program.exit(error, text, text);
    return CommandLineAnswer{.exit_code = 0, .text = text.str()};
  }
  Reader reader;
  LoadOptions options;
  options.scenario = raw.scenario;
  options.command.assign(arguments, arguments + count);
  read_audience(raw, reader, options);
  read_load(raw, reader, options);
  read_rest(raw, reader, options);
  if (!reader.mistake().empty()) return usage_error(reader.mistake());
  return options;
}

}  // namespace loadgen
