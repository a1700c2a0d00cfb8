// Command line: from arguments to LoadOptions, with every mistake answered by one clear line.
//
// Called once at start on the main thread. What it accepts is within bounds and consistent; nobody
// checks it again.
#pragma once

#include <string>
#include <variant>

#include "loadgen/load_options.h"

namespace loadgen {

// There is nothing to run: `text` is for the user, on standard output when the code is 0.
struct CommandLineAnswer {
  int exit_code = 0;
  std::string text;
};

inline constexpr int kExitUsage = 2;

std::variant<LoadOptions, CommandLineAnswer> parse_command_line(int count,
                                                                const char* const* arguments);

}  // namespace loadgen
