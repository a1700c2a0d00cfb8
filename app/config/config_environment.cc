#include "app/config/config_environment.h"

#include <cstdlib>
#include <utility>

#include "app/config/schema.h"

namespace app {

namespace {

std::string variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? "" : value;
}

}  // namespace

void read_environment(SettingValues& values) {
  for (const Setting& setting : all_settings()) {
    const std::string name = environment_name(setting);
    if (name.empty()) continue;
    std::string text = variable(name);
    if (text.empty()) continue;
    SettingValue value{.origin = SettingOrigin::environment};
    if (setting.is_list) {
      value.texts = split_list(text);
    } else {
      value.texts.push_back(std::move(text));
    }
    values.set(setting, std::move(value));
  }
}

std::string config_file_of_environment() { return variable("MILLRACE_CONFIG"); }

}  // namespace app
