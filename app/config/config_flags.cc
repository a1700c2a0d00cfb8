#include "app/config/config_flags.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <deque>
#include <utility>
#include <vector>

#include "app/config/schema.h"

namespace app {

namespace {

// What CLI11 fills for one setting; must not move once it is declared.
struct Declared {
  const Setting* setting = nullptr;
  CLI::Option* option = nullptr;
  std::string text{};
  std::vector<std::string> texts{};
  bool is_there = false;
};

std::string help_of(const Setting& setting) {
  if (setting.standard_words.empty()) return setting.help;
  return fmt::format("{} (default: {})", setting.help, setting.standard_words);
}

void declare(CLI::App& program, const Setting& setting, Declared& declared) {
  declared.setting = &setting;
  const std::string help = help_of(setting);
  if (!setting.flag_says.empty()) {
    declared.option = program.add_flag(setting.flag, declared.is_there, help);
  } else if (setting.is_list) {
    // Else brackets would mean a list of several.
    declared.option =
        program.add_option(setting.flag, declared.texts, help)->allow_extra_args(false);
  } else {
    declared.option = program.add_option(setting.flag, declared.text, help);
    if (!setting.standard.empty()) declared.option->default_str(setting.standard);
  }
  declared.option->group(fmt::format("[{}]", table_of(setting.path)));
}

void keep(Declared& declared, SettingValues& values) {
  if (declared.option->count() == 0) return;
  SettingValue value{.origin = SettingOrigin::flag};
  if (!declared.setting->flag_says.empty()) {
    value.texts.push_back(declared.setting->flag_says);
  } else if (declared.setting->is_list) {
    value.texts = std::move(declared.texts);
  } else {
    value.texts.push_back(std::move(declared.text));
  }
  values.set(*declared.setting, std::move(value));
}

void declare_others(CLI::App& program, FlagsSaid& said) {
  program.add_option("--config", said.config,
                     "file of settings, in TOML; also named by MILLRACE_CONFIG");
  program.add_flag("--check-config", said.check_config,
                   "say whether the configuration is good, and what differs from the defaults");
  program.add_flag("--print-config", said.print_config,
                   "print the whole configuration as it would be used, as a file");
  CLI::Option* version = program.add_flag(
      "--version", said.version, "print the version; with --verbose also what the kernel offers");
  program.add_flag("--verbose", said.verbose, "with --version")->needs(version);
}

}  // namespace

FlagsSaid read_flags(int argc, const char* const* argv) {
  FlagsSaid said;
  CLI::App program{"Millrace: a real-time WebSocket gateway on io_uring."};
  declare_others(program, said);
  std::deque<Declared> all;
  for (const Setting& setting : all_settings()) {
    if (!setting.flag.empty()) declare(program, setting, all.emplace_back());
  }
  try {
    program.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    said.help = program.help();
    return said;
  } catch (const CLI::ParseError& error) {
    said.mistake = std::string(error.what()) + "; see millrace --help";
    return said;
  }
  for (Declared& declared : all) keep(declared, said.values);
  return said;
}

}  // namespace app
