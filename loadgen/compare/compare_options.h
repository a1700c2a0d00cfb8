// CompareOptions: the command line of `millrace-load compare`: a scenario, and the servers for it.
//
//   compare SCENARIO [its flags] --server NAME=URL[@PID] --server ... [--start NAME=COMMAND]
//
// The flags of the scenario are left to command_line.h, which reads them once for each server.
// Plain values, made once at start.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/time.h"
#include "loadgen/command_line.h"
#include "loadgen/load_options.h"

namespace loadgen {

inline constexpr std::uint32_t kRoundsDefault = 5;
inline constexpr std::uint32_t kRoundsMost = 1000;
inline constexpr std::uint32_t kComparedServersMost = 16;

struct ServerChoice {
  std::string name;
  std::string url;  // May contain {port}, if it is to be started, and so may `start`.
  std::optional<pid_t> pid{};
  std::string start{};
};

struct CompareOptions {
  std::vector<std::string> scenario;  // Its name and its flags.
  std::vector<ServerChoice> servers;
  std::uint32_t rounds = kRoundsDefault;
  base::Duration start_timeout{};
  std::string json_file;
  std::string html_file;
  bool quiet = false;
  std::vector<std::string> command;
};

// `arguments` are those of the program, "compare" the first of them.
std::variant<CompareOptions, CommandLineAnswer> parse_compare(int count,
                                                              const char* const* arguments);

// What one run against a server at `url` is told.
std::variant<LoadOptions, CommandLineAnswer> run_options(const CompareOptions& options,
                                                         const std::string& url);

// `text` with each {port} filled in.
std::string with_port(std::string text, std::uint16_t port);

}  // namespace loadgen
