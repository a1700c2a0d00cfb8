// ConfigFlags: the command line, declared from the schema and read by CLI11.
//
// Each setting that may be a flag is one, under the heading of its table; and there are those that
// are no settings: --config, --check-config, --print-config, --help, --version, --verbose. Main
// thread.
#pragma once

#include <string>

#include "app/config/setting_value.h"

namespace app {

struct FlagsSaid {
  SettingValues values{};
  std::string config{};  // --config; empty: none.
  bool check_config = false;
  bool print_config = false;
  bool version = false;
  bool verbose = false;
  std::string help{};     // The text, if --help was said.
  std::string mistake{};  // Why the command line could not be read; empty if it could.
};

FlagsSaid read_flags(int argc, const char* const* argv);

}  // namespace app
