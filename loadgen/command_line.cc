#include "loadgen/command_line.h"

#include <fmt/format.h>
#include <millrace_version.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <ctime>
#include <sstream>

#include "base/limits.h"
#include "loadgen/flag_reader.h"
#include "loadgen/message.h"
#include "loadgen/native/token_secret.h"
#include "loadgen/raw_options.h"
#include "loadgen/shared_run.h"

namespace loadgen {

namespace {

constexpr std::uint64_t kPublisherStreamsMost = std::uint64_t{1} << 28;
constexpr std::uint64_t kInFlightMost = 1'000'000;
constexpr std::uint64_t kSpreadMost = 65'536;
constexpr std::uint64_t kTenantsMost = 256;
constexpr std::int64_t kTokenLifeSeconds = 24 * 60 * 60;

bool has_rooms(ScenarioKind scenario) {
  switch (scenario) {
    case ScenarioKind::room:
    case ScenarioKind::storm:
    case ScenarioKind::slow_readers:
    case ScenarioKind::churn:
    case ScenarioKind::mixed:
    case ScenarioKind::native:
      return true;
    case ScenarioKind::connect:
    case ScenarioKind::idle:
    case ScenarioKind::echo:
      break;
  }
  return false;
}

std::string_view default_path(ScenarioKind scenario) {
  if (scenario == ScenarioKind::native) return "/ws";
  return has_rooms(scenario) ? "/room?room={room}" : "/echo";
}

void read_storm(const RawOptions& raw, FlagReader& reader, LoadOptions& options) {
  options.members = reader.count("--members", raw.members, 1, base::kConnectionsMost);
  options.publishers = reader.count("--publishers", raw.publishers, 1, options.members);
  const std::uint32_t bystanders =
      reader.count("--bystanders", raw.bystanders, options.members, base::kConnectionsMost);
  if (bystanders % options.members != 0) {
    reader.fail("--bystanders {}: must fill rooms of --members {}", bystanders, options.members);
  }
  options.rooms = bystanders / options.members;
  options.storm.crowd =
      reader.count("--connections", raw.connections, 1, base::kConnectionsMost - bystanders);
  options.connections = bystanders + options.storm.crowd;
  if (raw.drop != "client" && raw.drop != "server") {
    reader.fail("--drop {}: must be client or server", raw.drop);
  }
  options.storm.drop = raw.drop == "client";
  RetryOptions& retry = options.storm.retry;
  retry.base = reader.duration("--backoff", raw.backoff, false);
  retry.cap = reader.duration("--backoff-cap", raw.backoff_cap, false);
  if (retry.cap < retry.base) {
    reader.fail("--backoff-cap {}: is less than --backoff {}", raw.backoff_cap, raw.backoff);
  }
}

// `publishers` 0: everybody.
ClientGroup read_class(const RawClass& raw, FlagReader& reader, const std::string& name,
                       std::uint32_t publishers) {
  const std::string flag = "--" + name;
  ClientGroup group{.name = name};
  group.rooms = reader.count(flag + "-rooms", raw.rooms, 1, base::kConnectionsMost);
  group.members = reader.count(flag + "-members", raw.members, 1, base::kConnectionsMost);
  group.publishers = publishers == 0 ? group.members : publishers;
  const std::string product = flag + "-rooms x " + flag + "-members";
  group.clients = reader.count(product, raw.rooms * raw.members, 1, base::kConnectionsMost);
  static_cast<void>(reader.count(product + " x publishers",
                                 raw.rooms * raw.members * group.publishers, 1,
                                 kPublisherStreamsMost));
  group.rate = reader.rate(flag + "-rate", raw.rate);
  group.size = reader.size(flag + "-size", raw.size);
  return group;
}

void read_mixed(const RawOptions& raw, FlagReader& reader, LoadOptions& options) {
  ClientGroup chat = read_class(raw.chat, reader, "chat", 0);
  ClientGroup market = read_class(raw.market, reader, "market", 1);
  ClientGroup presence = read_class(raw.presence, reader, "presence", 1);
  chat.text = true;
  if (chat.size.least < kTextPerByte * kStampBytes) {
    reader.fail("--chat-size {}: as text, a message is at least {}", raw.chat.size,
                kTextPerByte * kStampBytes);
  }
  presence.churns = true;
  if (presence.members < 2) reader.fail("--presence-members 1: it publishes, nobody could leave");
  options.connections = reader.count(
      "connections of all classes", std::uint64_t{chat.clients} + market.clients + presence.clients,
      1, base::kConnectionsMost);
  options.rooms = chat.rooms + market.rooms + presence.rooms;
  options.size.most = std::max({chat.size.most, market.size.most, presence.size.most});
  options.rate = chat.rate + market.rate + presence.rate;
  options.classes = {chat, market, presence};
}

void read_churn(const RawOptions& raw, FlagReader& reader, LoadOptions& options) {
  ChurnOptions& churn = options.churn;
  if (raw.scenario == ScenarioKind::churn && raw.churn.empty())
    reader.fail("--churn is missing: say how many clients leave per second");
  churn.rate = reader.rate("--churn", raw.churn.empty() ? "10" : raw.churn);
  const std::array<std::uint32_t, 3> shares = reader.shares("--leave", raw.leave);
  churn.close = shares[0];
  churn.abort = shares[1];
  churn.vanish = shares[2];
  if (raw.scenario == ScenarioKind::churn && options.publishers == options.members) {
    reader.fail("--members {}: all of them are --publishers, who stay; nobody could leave",
                options.members);
  }
}

void read_rooms(const RawOptions& raw, FlagReader& reader, LoadOptions& options) {
  options.rooms = reader.count("--rooms", raw.rooms, 1, base::kConnectionsMost);
  options.members = reader.count("--members", raw.members, 1, base::kConnectionsMost);
  options.rooms_each = std::max(reader.count("--rooms-each", raw.rooms_each, 1, options.rooms), 1U);
  if (options.members % options.rooms_each != 0) {
    reader.fail("--members {}: must be a multiple of --rooms-each {}", options.members,
                options.rooms_each);
  }
  const std::uint32_t locals = options.members / options.rooms_each;
  options.publishers = reader.count("--publishers", raw.publishers, 1, std::max(locals, 1U));
  options.connections =
      reader.count("--rooms x --members", raw.rooms * raw.members, 1, base::kConnectionsMost) /
      options.rooms_each;
  static_cast<void>(reader.count("--rooms x --members x --publishers",
                                 raw.rooms * raw.members * raw.publishers, 1,
                                 kPublisherStreamsMost));
}

double read_share(FlagReader& reader, std::string_view flag, double share) {
  if (!(share >= 0 && share <= 1)) reader.fail("{} {}: must be from 0 to 1", flag, share);
  return share;
}

// The native scenario has flags of the same names, with other defaults.
void take_native(RawOptions& raw) {
  raw.rooms = raw.native.rooms;
  raw.members = raw.native.members;
  raw.rooms_each = raw.native.rooms_each;
  raw.publishers = raw.native.publishers;
  raw.rate = raw.native.rate;
}

void read_native(const RawNative& raw, FlagReader& reader, LoadOptions& options) {
  NativeOptions& native = options.native;
  native.tenants = std::max(reader.count("--tenants", raw.tenants, 1, kTenantsMost), 1U);
  if (options.rooms % native.tenants != 0 || options.rooms / native.tenants < options.rooms_each) {
    reader.fail("--rooms {}: must give each of {} --tenants as many, and --rooms-each {} at least",
                options.rooms, native.tenants, options.rooms_each);
  }
  native.acknowledged_share = read_share(reader, "--acks", raw.acks);
  native.receipts_share = read_share(reader, "--receipts", raw.receipts);
  native.near = raw.near;
  native.expires_at = static_cast<std::int64_t>(std::time(nullptr)) + kTokenLifeSeconds;
  auto secret = read_token_secret(raw.secret_file);
  if (!secret.ok()) {
    reader.fail_with(secret.error());
  } else {
    native.secret = secret.take();
  }
}

void read_audience(const RawOptions& raw, FlagReader& reader, LoadOptions& options) {
  if (raw.scenario == ScenarioKind::storm) {
    read_storm(raw, reader, options);
    return;
  }
  if (raw.scenario == ScenarioKind::mixed) {
    read_mixed(raw, reader, options);
    read_churn(raw, reader, options);
    return;
  }
  if (!has_rooms(raw.scenario)) {
    options.connections = reader.count("--connections", raw.connections, 1, base::kConnectionsMost);
    options.rooms = options.connections;
    return;
  }
  read_rooms(raw, reader, options);
  if (raw.scenario == ScenarioKind::native) read_native(raw.native, reader, options);
  if (raw.scenario == ScenarioKind::churn) read_churn(raw, reader, options);
  if (raw.scenario != ScenarioKind::slow_readers) return;
  options.slow = reader.count("--slow", raw.slow, 1, options.members);
  if (options.slow > options.members - options.publishers) {
    reader.fail("--slow {}: of {} --members, {} --publishers cannot be slow", raw.slow,
                options.members, options.publishers);
  }
}

void read_load(const RawOptions& raw, FlagReader& reader, LoadOptions& options) {
  if (raw.scenario != ScenarioKind::mixed) {
    options.rate = reader.rate("--rate", raw.rate);
    options.size = reader.size("--size", raw.size);
  }
  if (raw.scenario == ScenarioKind::native && options.size.least < kTextPerByte * kStampBytes) {
    reader.fail("--size {}: as text, a content is at least {}", raw.size,
                kTextPerByte * kStampBytes);
  }
  if (raw.deliveries && !raw.ramp) {
    if (raw.rate.empty()) reader.fail("--deliveries says what --rate counts: give a --rate");
    options.rate /= options.members;
  }
  if (raw.arrivals == "poisson") {
    options.arrivals = Arrivals::poisson;
  } else if (raw.arrivals != "constant") {
    reader.fail("--arrivals {}: must be constant or poisson", raw.arrivals);
  }
  options.in_flight = reader.count("--in-flight", raw.in_flight, 1, kInFlightMost);
  options.hold = raw.hold;
  const bool starts_at_once = raw.hold || raw.scenario == ScenarioKind::idle;
  const std::string warm_up = starts_at_once ? "0s" : "2s";
  options.warm_up = reader.duration("--warm-up", raw.warm_up.empty() ? warm_up : raw.warm_up, true);
  options.duration = reader.duration("--duration", raw.duration, false);
  options.drain_timeout = reader.duration("--drain-timeout", raw.drain_timeout, true);
}

void read_ramp(const RawOptions& raw, FlagReader& reader, LoadOptions& options) {
  constexpr double kGrowthLeast = 1.01;
  constexpr double kGrowthMost = 100;
  constexpr double kPercent = 100;
  RampOptions ramp{.from = reader.rate("--rate-from", raw.rate_from),
                   .to = reader.rate("--rate-to", raw.rate_to),
                   .growth = raw.growth,
                   .precision = raw.precision / kPercent,
                   .step = reader.duration("--step", raw.step, false)};
  if (ramp.to < ramp.from) {
    reader.fail("--rate-to {}: is less than --rate-from {}", raw.rate_to, raw.rate_from);
  }
  if (!(ramp.growth >= kGrowthLeast && ramp.growth <= kGrowthMost)) {
    reader.fail("--growth {}: must be from {} to {}", raw.growth, kGrowthLeast, kGrowthMost);
  }
  if (!(raw.precision >= 1 && raw.precision <= kPercent)) {
    reader.fail("--precision {}: must be from 1 to 100 percent", raw.precision);
  }
  if (raw.deliveries) {
    ramp.from /= options.members;
    ramp.to /= options.members;
  }
  if (raw.expectations.empty()) {
    options.expectations.push_back(Expectation::parse("p99<10ms").take());
  }
  options.rate = ramp.from;
  options.ramp = ramp;
}

// Of the rooms with the longest numbers.
void check_request_line(FlagReader& reader, const LoadOptions& options) {
  if (options.rooms_each == 1 || options.scenario == ScenarioKind::native) return;
  if (!options.target.names_all_rooms()) {
    reader.fail("'{}': --rooms-each needs {{room}} in a parameter, as in {}", options.target.url,
                default_path(options.scenario));
    return;
  }
  const std::vector<std::uint32_t> rooms(options.rooms_each, options.rooms - 1);
  const std::string path = options.target.path_of(rooms, options.connections);
  const std::size_t size = std::string_view("GET  HTTP/1.1").size() + path.size();
  if (size > base::kHandshakeLineBytesMax) {
    reader.fail("--rooms-each {}: their names make a request line of {} bytes, above {}",
                options.rooms_each, size, base::kHandshakeLineBytesMax);
  }
}

void read_rest(const RawOptions& raw, FlagReader& reader, LoadOptions& options) {
  options.connect_in_progress =
      reader.count("--connect-in-progress", raw.connect_in_progress, 1, base::kConnectsMax);
  options.connect_rate = reader.rate("--connect-rate", raw.connect_rate);
  options.connect_timeout = reader.duration("--connect-timeout", raw.connect_timeout, false);
  options.gather = reader.duration("--gather", raw.gather, true);
  options.shards = reader.count("--shards", raw.shards, 1, base::kShardsMost);
  options.processes = reader.count("--processes", raw.processes, 1, kProcessesMost);
  options.cpus = reader.cpus(raw.cpus);
  options.seed = raw.seed;
  if (raw.server_pid != 0) options.server_pid = static_cast<pid_t>(raw.server_pid);
  options.json_file = raw.json_file;
  options.html_file = raw.html_file;
  if (raw.json_file == "-" && raw.html_file == "-") {
    reader.fail("--json - and --html -: only one of them can go to stdout");
  }
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
  const bool named = has_rooms(raw.scenario) && raw.scenario != ScenarioKind::native;
  const bool many_rooms = named && options.rooms > 1;
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
  program.footer(
      "millrace-load compare SCENARIO runs one of these against several servers in turn: see\n"
      "millrace-load compare --help.");
  declare_scenarios(program, raw);
  try {
    program.parse(count, arguments);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) {
      const bool has_scenario = !program.get_subcommands().empty();
      return usage_error(has_scenario ? error.what()
                                      : "name a scenario: connect, idle, echo, room, storm, "
                                        "slow-readers, churn, mixed, native or ramp");
    }
    std::ostringstream text;
    program.exit(error, text, text);
    return CommandLineAnswer{.exit_code = 0, .text = text.str()};
  }
  FlagReader reader;
  LoadOptions options;
  if (raw.ramp) {
    raw.scenario = raw.ramp_of == "echo" ? ScenarioKind::echo : ScenarioKind::room;
    if (raw.ramp_of != "echo" && raw.ramp_of != "room") {
      reader.fail("--of {}: must be room or echo", raw.ramp_of);
    }
  }
  if (raw.scenario == ScenarioKind::native) take_native(raw);
  options.scenario = raw.scenario;
  options.command.assign(arguments, arguments + count);
  read_audience(raw, reader, options);
  read_load(raw, reader, options);
  read_rest(raw, reader, options);
  if (raw.ramp) read_ramp(raw, reader, options);
  if (reader.mistake().empty()) check_request_line(reader, options);
  if (!reader.mistake().empty()) return usage_error(reader.mistake());
  options.groups = plan_groups(options);
  return options;
}

}  // namespace loadgen
