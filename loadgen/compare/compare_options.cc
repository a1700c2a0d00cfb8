#include "loadgen/compare/compare_options.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <map>
#include <sstream>
#include <string_view>

#include "base/duration_text.h"

namespace loadgen {

namespace {

constexpr std::string_view kPortMark = "{port}";
constexpr std::uint16_t kAnyPort = 1;  // To try out a URL before there is a port.

CommandLineAnswer usage_error(const std::string& mistake) {
  return {.exit_code = kExitUsage,
          .text = "millrace-load: " + mistake + "; see millrace-load compare --help\n"};
}

struct RawComparison {
  std::vector<std::string> servers;
  std::vector<std::string> starts;
  std::uint32_t rounds = kRoundsDefault;
  std::string start_timeout = "10s";
  std::string json_file;
  std::string html_file;
  bool quiet = false;
};

void declare(CLI::App& program, RawComparison& raw) {
  program.allow_extras();
  program.add_option("--server", raw.servers,
                     "NAME=URL or NAME=URL@PID; the first is what the others are compared to");
  program.add_option("--start", raw.starts,
                     "NAME=COMMAND that starts the server of that name for each of its runs and is "
                     "ended after; {port} in it and in the URL becomes a free port");
  program.add_option("--rounds", raw.rounds, "each server runs once in each")
      ->capture_default_str()
      ->check(CLI::Range(1U, kRoundsMost));
  program
      .add_option("--start-timeout", raw.start_timeout,
                  "until a started server accepts connections")
      ->capture_default_str();
  program.add_option("--json", raw.json_file,
                     "write the comparison as JSON to this file, - for stdout");
  program.add_option("--html", raw.html_file,
                     "write the comparison as one HTML page to this file, - for stdout");
  program.add_flag("--quiet", raw.quiet, "no progress line and no table");
}

// NAME=REST; false when there is no name.
bool split(const std::string& text, std::string& name, std::string& rest) {
  const std::size_t equals = text.find('=');
  if (equals == 0 || equals == std::string::npos || equals + 1 == text.size()) return false;
  name = text.substr(0, equals);
  rest = text.substr(equals + 1);
  return true;
}

// URL@PID: what follows the last @, if it is a number.
void take_pid(ServerChoice& server) {
  const std::size_t at = server.url.rfind('@');
  if (at == std::string::npos) return;
  pid_t pid = 0;
  const char* const end = server.url.data() + server.url.size();
  const auto [rest, error] = std::from_chars(server.url.data() + at + 1, end, pid);
  if (error != std::errc{} || rest != end || pid <= 0) return;
  server.pid = pid;
  server.url.resize(at);
}

// Each returns the mistake, or an empty text.
std::string read_servers(const RawComparison& raw, CompareOptions& options) {
  for (const std::string& text : raw.servers) {
    ServerChoice server;
    if (!split(text, server.name, server.url)) {
      return fmt::format("--server '{}': write NAME=URL, as in a=ws://127.0.0.1:8080", text);
    }
    for (const ServerChoice& other : options.servers) {
      if (other.name == server.name) return fmt::format("--server '{}': twice", server.name);
    }
    take_pid(server);
    options.servers.push_back(std::move(server));
  }
  if (options.servers.size() < 2 || options.servers.size() > kComparedServersMost) {
    return fmt::format("{} --server: from 2 to {} can be compared", options.servers.size(),
                       kComparedServersMost);
  }
  return {};
}

std::string read_starts(const RawComparison& raw, CompareOptions& options) {
  for (const std::string& text : raw.starts) {
    std::string name;
    std::string command;
    if (!split(text, name, command)) {
      return fmt::format("--start '{}': write NAME=COMMAND", text);
    }
    const auto server =
        std::find_if(options.servers.begin(), options.servers.end(),
                     [&name](const ServerChoice& choice) { return choice.name == name; });
    if (server == options.servers.end()) {
      return fmt::format("--start '{}': there is no --server of that name", name);
    }
    if (server->pid) return fmt::format("--start '{}': the URL has a pid; it runs already", name);
    server->start = command;
  }
  for (const ServerChoice& server : options.servers) {
    if (server.start.empty() && server.url.find(kPortMark) != std::string::npos) {
      return fmt::format("--server '{}': {} in its URL needs a --start", server.name, kPortMark);
    }
  }
  return {};
}

std::string read_scenario(CompareOptions& options) {
  if (options.scenario.empty() || options.scenario.front().starts_with('-')) {
    return "name the scenario right after compare, as in compare echo";
  }
  for (const std::string& word : options.scenario) {
    if (word == "--server-pid" || word.starts_with("--server-pid=")) {
      return "--server-pid: write the pid behind each URL, as in NAME=URL@PID";
    }
  }
  for (const ServerChoice& server : options.servers) {
    const auto tried = run_options(options, with_port(server.url, kAnyPort));
    if (const auto* answer = std::get_if<CommandLineAnswer>(&tried)) {
      std::string_view text = answer->text;
      constexpr std::string_view kLead = "millrace-load: ";
      if (answer->exit_code == 0) return "help and version come before compare";
      if (text.starts_with(kLead)) text.remove_prefix(kLead.size());
      return fmt::format("--server '{}': {}", server.name, text.substr(0, text.find(';')));
    }
    if (std::get<LoadOptions>(tried).ramp) {
      return "a ramp has no one load to compare at: compare the scenario at a --rate";
    }
  }
  return {};
}

std::string read(const RawComparison& raw, CompareOptions& options) {
  const auto timeout = base::parse_duration(raw.start_timeout);
  if (!timeout.ok()) return "--start-timeout " + timeout.error().message;
  options.start_timeout = timeout.value();
  if (raw.json_file == "-" && raw.html_file == "-") {
    return "--json - and --html -: only one of them can go to stdout";
  }
  std::string mistake = read_servers(raw, options);
  if (mistake.empty()) mistake = read_starts(raw, options);
  if (mistake.empty()) mistake = read_scenario(options);
  return mistake;
}

}  // namespace

std::variant<CompareOptions, CommandLineAnswer> parse_compare(int count,
                                                              const char* const* arguments) {
  RawComparison raw;
  CLI::App program(
      "Runs one scenario against several servers in turn and tells ratios to the first of them, "
      "with 95 % confidence intervals. What is not below goes to the scenario.",
      "millrace-load compare SCENARIO [flags of the scenario]");
  declare(program, raw);
  try {
    program.parse(count - 1, arguments + 1);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) return usage_error(error.what());
    std::ostringstream text;
    program.exit(error, text, text);
    return CommandLineAnswer{.exit_code = 0, .text = text.str()};
  }
  CompareOptions options;
  options.scenario = program.remaining();
  options.rounds = raw.rounds;
  options.json_file = raw.json_file;
  options.html_file = raw.html_file;
  options.quiet = raw.quiet;
  options.command.assign(arguments, arguments + count);
  if (const std::string mistake = read(raw, options); !mistake.empty()) return usage_error(mistake);
  return options;
}

std::variant<LoadOptions, CommandLineAnswer> run_options(const CompareOptions& options,
                                                         const std::string& url) {
  std::vector<const char*> arguments{"millrace-load", options.scenario.front().c_str(),
                                     url.c_str()};
  for (std::size_t i = 1; i < options.scenario.size(); ++i) {
    arguments.push_back(options.scenario[i].c_str());
  }
  return parse_command_line(static_cast<int>(arguments.size()), arguments.data());
}

std::string with_port(std::string text, std::uint16_t port) {
  for (std::size_t at = 0; (at = text.find(kPortMark, at)) != std::string::npos;) {
    text.replace(at, kPortMark.size(), std::to_string(port));
  }
  return text;
}

}  // namespace loadgen
