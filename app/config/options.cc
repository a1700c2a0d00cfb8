#include "app/config/options.h"

#include <utility>

#include "app/config/config_environment.h"
#include "app/config/config_file.h"
#include "app/config/config_flags.h"
#include "app/config/config_report.h"
#include "app/config/host_limits.h"
#include "app/config/mistakes.h"
#include "app/config/read_options.h"
#include "app/config/setting_reader.h"
#include "app/config/version_text.h"
#include "base/check.h"

namespace app {

namespace {

constexpr int kUsageError = 2;

Goodbye mistake(const std::string& text) {
  return {.text = "millrace: " + text + "\n", .status = kUsageError};
}

// Flags win over the environment, that over the file, and that over the defaults.
SettingValues gather(const FlagsSaid& flags, Mistakes& mistakes) {
  SettingValues values;
  const std::string file = flags.config.empty() ? config_file_of_environment() : flags.config;
  if (!file.empty()) read_config_file(file, values, mistakes);
  read_environment(values);
  values.overlay(flags.values);
  return values;
}

Options read(SettingValues values, Mistakes& mistakes) {
  Options options;
  options.values = std::move(values);
  SettingReader reader(options.values, mistakes);
  read_server_options(reader, options);
  read_auth_options(reader, options.auth);
  read_gateway_options(reader, options);
  // Whoever finds a mistake may leave out what follows from it.
  if (mistakes.empty()) CHECK(reader.unread().empty());
  return options;
}

}  // namespace

std::variant<Options, Goodbye> parse_options(int argc, const char* const* argv) {
  const FlagsSaid flags = read_flags(argc, argv);
  if (!flags.help.empty()) return Goodbye{.text = flags.help, .status = 0};
  if (!flags.mistake.empty()) return mistake(flags.mistake);
  if (flags.version) return Goodbye{.text = version_text(flags.verbose), .status = 0};
  Mistakes mistakes;
  Options options = read(gather(flags, mistakes), mistakes);
  if (!mistakes.empty()) return Goodbye{.text = mistakes.text(), .status = kUsageError};
  if (base::Status status = fit_to_host(options); !status.ok()) {
    return mistake(status.error().message);
  }
  if (flags.print_config) return Goodbye{.text = config_text(options.values), .status = 0};
  if (flags.check_config) {
    return Goodbye{.text = "configuration is good\n" + differences_text(options.values),
                   .status = 0};
  }
  return options;
}

}  // namespace app
