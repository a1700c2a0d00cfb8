// Every scenario as the command line has it: its flags and their help.
#include "loadgen/raw_options.h"

namespace loadgen {

namespace {

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
  command
      .add_option("--gather", raw.gather,
                  "a shard that wakes up waits so long for more: less processor time, that latency")
      ->capture_default_str();
  command.add_option("--shards", raw.shards, "threads of the generator")->capture_default_str();
  command
      .add_option("--processes", raw.processes,
                  "processes of the generator, with so many --shards each; their clients share "
                  "rooms, and their results become one")
      ->capture_default_str();
  command.add_option("--cpus", raw.cpus, "pin the shards to these, for example 1 or 0-3,8");
  command.add_option("--seed", raw.seed, "of contents, sizes and arrivals")->capture_default_str();
  command.add_option("--server-pid", raw.server_pid, "report this process's cpu and memory");
  command.add_option("--expect", raw.expectations, "such as 'p99<10ms'; may be repeated");
  command.add_option("--json", raw.json_file,
                     "write the report as JSON to this file, - for stdout");
  command.add_option("--html", raw.html_file,
                     "write the report as one HTML page to this file, - for stdout");
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

void add_members(CLI::App& command, RawOptions& raw) {
  command.add_option("--members", raw.members, "connections in each room")->capture_default_str();
  command.add_option("--publishers", raw.publishers, "members of each room that publish")
      ->capture_default_str();
}

void declare_room(CLI::App& program, RawOptions& raw) {
  CLI::App& command = *program.add_subcommand(
      "room", "publish to rooms whose members, the publisher included, audit what they receive");
  command.add_option("--rooms", raw.rooms, "rooms; {room} in the URL becomes the number of one")
      ->capture_default_str();
  add_members(command, raw);
  command
      .add_option("--rooms-each", raw.rooms_each,
                  "rooms that each connection is in; it publishes to the first, and there are "
                  "rooms x members / N connections")
      ->capture_default_str();
  command.add_flag("--deliveries", raw.deliveries, "--rate counts messages times members");
  add_messages(command, raw);
  add_common(command, raw);
  command.footer(
      "With --rooms-each the parameter that names the room is repeated, as in\n"
      "/room?room=7&room=8; --members must be a multiple of it. Each message is audited at each\n"
      "member of its room.");
  command.callback([&raw] { raw.scenario = ScenarioKind::room; });
}

void declare_slow_readers(CLI::App& program, RawOptions& raw) {
  CLI::App& command = *program.add_subcommand(
      "slow-readers", "rooms of which some members stop reading: what the others notice of it");
  command.add_option("--rooms", raw.rooms, "rooms; {room} in the URL becomes the number of one")
      ->capture_default_str();
  add_members(command, raw);
  command
      .add_option("--slow", raw.slow, "members of each room that stop reading after the warm-up")
      ->capture_default_str();
  command.add_flag("--deliveries", raw.deliveries, "--rate counts messages times members");
  add_messages(command, raw);
  add_common(command, raw);
  command.footer(
      "Latency and losses are those of the others. The slow ones read again in the end, and are\n"
      "counted: 'slow_closed' with 1013, 'slow_dropped' without (a server that cannot get its "
      "close\n"
      "frame out resets), 'slow_open' still open, and 'slow_missed' the messages these did not "
      "get.\n"
      "A kernel takes in some MB for each connection before a server notices: send enough.");
  command.callback([&raw] { raw.scenario = ScenarioKind::slow_readers; });
}

void declare_churn(CLI::App& program, RawOptions& raw) {
  CLI::App& command = *program.add_subcommand(
      "churn",
      "rooms whose members leave and are replaced all the time, while they are published to");
  command.add_option("--rooms", raw.rooms, "rooms; {room} in the URL becomes the number of one")
      ->capture_default_str();
  add_members(command, raw);
  command.add_option("--churn", raw.churn,
                     "members that leave and are replaced, per second in all");
  command
      .add_option("--leave", raw.leave,
                  "shares of those who close, who abort the connection without a word, and who "
                  "vanish in the middle of a message")
      ->capture_default_str();
  command.add_flag("--deliveries", raw.deliveries, "--rate counts messages times members");
  add_messages(command, raw);
  add_common(command, raw);
  command.footer(
      "Publishers stay. A member is owed whatever is sent between its 101 and its decision to\n"
      "leave, which it carries out when it has heard that; and all that it hears must be without\n"
      "gap. Counts: 'joined', 'left_close', 'left_abort', 'left_vanish'.");
  command.callback([&raw] { raw.scenario = ScenarioKind::churn; });
}

void add_class(CLI::App& command, RawClass& raw, const std::string& name, const std::string& what) {
  const std::string flag = "--" + name;
  const std::string group = name + ": " + what;
  if (name != "presence") {
    command.add_option(flag + "-rooms", raw.rooms, "rooms")->capture_default_str()->group(group);
  }
  command.add_option(flag + "-members", raw.members, "connections in each room")
      ->capture_default_str()
      ->group(group);
  command.add_option(flag + "-rate", raw.rate, "messages per second in all")
      ->capture_default_str()
      ->group(group);
  command.add_option(flag + "-size", raw.size, "bytes of a message, or a range")
      ->capture_default_str()
      ->group(group);
}

void declare_mixed(CLI::App& program, RawOptions& raw) {
  CLI::App& command = *program.add_subcommand(
      "mixed", "chat, market data and presence side by side, each reported and judged by itself");
  add_class(command, raw.chat, "chat", "many small rooms in which everybody writes text");
  add_class(command, raw.market, "market", "few large rooms with one busy publisher each");
  add_class(command, raw.presence, "presence", "one large room whose members come and go");
  command
      .add_option("--churn", raw.churn,
                  "members of presence that leave and are replaced, per second (default: 10)")
      ->group("presence: one large room whose members come and go");
  command.add_option("--leave", raw.leave, "shares of those who close, abort and vanish")
      ->capture_default_str();
  command.add_option("--arrivals", raw.arrivals, "constant or poisson")->capture_default_str();
  command.add_option("--drain-timeout", raw.drain_timeout, "wait so long for what is under way")
      ->capture_default_str();
  add_common(command, raw);
  command.footer("Expectations may name a class, as in 'chat.p99<10ms' or 'market.lost==0'.");
  command.callback([&raw] { raw.scenario = ScenarioKind::mixed; });
}

void declare_native(CLI::App& program, RawOptions& raw) {
  CLI::App& command = *program.add_subcommand(
      "native", "tenants whose clients have tokens, join rooms by events and chat in them");
  RawNative& native = raw.native;
  command.add_option("--tenants", native.tenants, "with as many of the rooms each")
      ->capture_default_str();
  command.add_option("--rooms", native.rooms, "rooms of all tenants")->capture_default_str();
  command.add_option("--members", native.members, "connections in each room")
      ->capture_default_str();
  command
      .add_option("--rooms-each", native.rooms_each,
                  "rooms that each connection joins; it publishes to the first, and there are "
                  "rooms x members / N connections")
      ->capture_default_str();
  command.add_option("--publishers", native.publishers, "members of each room that publish")
      ->capture_default_str();
  command.add_option("--rate", native.rate, "messages per second in all")->capture_default_str();
  command.add_flag("--deliveries", raw.deliveries, "--rate counts messages times members");
  command.add_option("--arrivals", raw.arrivals, "constant or poisson")->capture_default_str();
  command.add_option("--size", raw.size, "bytes of a content, or a range such as 64..4096")
      ->capture_default_str();
  command
      .add_option("--acks", native.acks, "share of the messages whose publisher is told about them")
      ->capture_default_str();
  command
      .add_option("--receipts", native.receipts,
                  "share of the messages that members tell to have got, every other to have read")
      ->capture_default_str();
  command.add_flag("--near,!--no-near", native.near,
                   "connect where the first room is at home (default: yes)");
  command.add_option("--token-secret-file", native.secret_file,
                     "what tokens are signed with (HS256); else MILLRACE_LOAD_TOKEN_SECRET");
  command.add_option("--drain-timeout", raw.drain_timeout, "wait so long for what is under way")
      ->capture_default_str();
  add_common(command, raw);
  command.footer(
      "Every connection is a user of its own. Deliveries are audited by their content and by the\n"
      "numbers that rooms give; acknowledgements and receipts by what members got: 'misreported'\n"
      "are those that were not so. Limits of the gateway must allow for the rate.");
  command.callback([&raw] { raw.scenario = ScenarioKind::native; });
}

void declare_ramp(CLI::App& program, RawOptions& raw) {
  CLI::App& command = *program.add_subcommand(
      "ramp", "find the highest rate at which every --expect holds, by a run at each of several");
  command.add_option("--of", raw.ramp_of, "what is run: room or echo")->capture_default_str();
  command.add_option("--rate-from", raw.rate_from, "the first rate; messages per second in all")
      ->capture_default_str();
  command.add_option("--rate-to", raw.rate_to, "nothing above is tried")->capture_default_str();
  command.add_option("--growth", raw.growth, "of the rate, from one that holds to the next")
      ->capture_default_str();
  command
      .add_option("--precision", raw.precision,
                  "percent by which the answer may be too low; till then, intervals are halved")
      ->capture_default_str();
  command.add_option("--step", raw.step, "measured at each rate, after --warm-up")
      ->capture_default_str();
  command.add_flag("--deliveries", raw.deliveries, "rates count messages times members");
  add_connections(command, raw, "of an echo");
  command.add_option("--rooms", raw.rooms, "of rooms: how many")->capture_default_str();
  add_members(command, raw);
  command.add_option("--arrivals", raw.arrivals, "constant or poisson")->capture_default_str();
  command.add_option("--size", raw.size, "bytes of a message, or a range such as 64..4096")
      ->capture_default_str();
  command.add_option("--drain-timeout", raw.drain_timeout, "wait so long for what is under way")
      ->capture_default_str();
  add_common(command, raw);
  command.footer(
      "Exits with 0 when at least the first rate holds: with --rate-from N --rate-to N, whether N\n"
      "does. Without --expect, 'p99<10ms' is expected. --duration is not used.");
  command.callback([&raw] { raw.ramp = true; });
}

void declare_storm(CLI::App& program, RawOptions& raw) {
  CLI::App& command = *program.add_subcommand(
      "storm",
      "cut off a crowd of connections at once, let all reconnect at once, and report what "
      "that does to bystanders who go on talking in rooms");
  add_connections(command, raw, "of the crowd: cut off after the warm-up; in rooms, but silent");
  command.add_option("--bystanders", raw.bystanders, "connections that talk all the time")
      ->capture_default_str();
  add_members(command, raw);
  command
      .add_option("--drop", raw.drop,
                  "client: we cut the crowd off; server: whoever the server drops comes back")
      ->capture_default_str();
  command
      .add_option("--backoff", raw.backoff,
                  "longest wait before the first retry; doubles with each, the wait being any time "
                  "up to it. A Retry-After is obeyed instead, with up to half as much more")
      ->capture_default_str();
  command.add_option("--backoff-cap", raw.backoff_cap, "longest wait before any retry")
      ->capture_default_str();
  add_messages(command, raw);
  add_common(command, raw);
  command.footer(
      "Latency is that of the bystanders from the cut until a second after all are back, or for\n"
      "--duration. The class 'back' tells how long the crowd was away, as in 'back.p99<5s';\n"
      "'back<10s' expects all of them within it, 'missing', 'retries', 'refused' and 'deferred'\n"
      "(refusals with a Retry-After) are counts.");
  command.callback([&raw] { raw.scenario = ScenarioKind::storm; });
}

}  // namespace

void declare_scenarios(CLI::App& program, RawOptions& raw) {
  declare_connect(program, raw);
  declare_idle(program, raw);
  declare_echo(program, raw);
  declare_room(program, raw);
  declare_storm(program, raw);
  declare_slow_readers(program, raw);
  declare_churn(program, raw);
  declare_mixed(program, raw);
  declare_native(program, raw);
  declare_ramp(program, raw);
}

}  // namespace loadgen
