#include "app/config/config_file.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <optional>
#include <sstream>
#include <utility>
#include <vector>

#include "app/config/named_file.h"
#include "app/config/schema.h"
#include "app/gateway_limits.h"

namespace app {

namespace {

// As the file has it, but on one line.
std::string shown(const toml::node& node) {
  if (node.is_table()) return "{...}";
  if (node.is_array()) return "[...]";
  std::ostringstream text;
  node.visit([&](const auto& value) {
    if constexpr (toml::is_value<decltype(value)>) text << value;
  });
  return quotable(node.is_string() ? "\"" + node.ref<std::string>() + "\"" : text.str());
}

// A value as a flag would say it; nothing when it is of another type than the setting's.
std::optional<std::string> text_of(const Setting& setting, const toml::node& node) {
  if (setting.kind == SettingKind::on_off) {
    const auto* value = node.as_boolean();
    if (value == nullptr) return std::nullopt;
    return value->get() ? "true" : "false";
  }
  const bool is_number = setting.kind == SettingKind::count || setting.kind == SettingKind::bytes;
  if (const auto* value = node.as_integer(); value != nullptr && is_number) {
    return std::to_string(value->get());
  }
  const auto* value = node.as_string();
  if (value == nullptr || setting.kind == SettingKind::count) return std::nullopt;
  return value->get();
}

class FileReader {
 public:
  FileReader(const std::string& name, SettingValues& values, Mistakes& mistakes)
      : name_(name), values_(values), mistakes_(mistakes) {}

  void read_table(const toml::table& table, const std::string& prefix) {
    for (const auto& [key, node] : table) {
      const std::string path = prefix + std::string(key.str());
      // A quoted key may hold a dot, and is then no path.
      const bool is_plain = key.str().find('.') == std::string_view::npos;
      const Setting* setting = is_plain ? find_setting(path) : nullptr;
      if (path == "access") {
        read_access(node);
      } else if (setting != nullptr) {
        read_setting(*setting, node);
      } else if (is_plain && is_table(path)) {
        read_inner(path, node);
      } else {
        tell_unknown(path, key.source());
      }
    }
  }

  void tell(const toml::source_region& at, std::string_view what) {
    mistakes_.add(SettingOrigin::file, fmt::format("{}: {}", place(at).text(), what), place(at));
  }

 private:
  FilePlace place(const toml::source_region& at) const {
    return {.file = name_, .line = at.begin.line, .column = at.begin.column};
  }

  void tell_unknown(const std::string& path, const toml::source_region& at) {
    const std::string_view nearest = nearest_setting(path);
    tell(at, fmt::format("{}: there is no such setting{}", quotable(path),
                         nearest.empty() ? "" : fmt::format("; did you mean {}?", nearest)));
  }

  void read_inner(const std::string& path, const toml::node& node) {
    if (const toml::table* table = node.as_table()) return read_table(*table, path + ".");
    tell(node.source(), fmt::format("{} = {}: must be a table: [{}]", path, shown(node), path));
  }

  void tell_type(const Setting& setting, const toml::node& node) {
    tell(node.source(),
         fmt::format("{} = {}: {}", setting.path, setting.is_secret ? "***" : shown(node),
                     allowed_text(setting)));
  }

  void read_setting(const Setting& setting, const toml::node& node) {
    SettingValue value{.origin = SettingOrigin::file, .place = place(node.source())};
    if (setting.kind == SettingKind::weights) {
      if (!read_weights(setting, node, value)) return;
    } else if (const toml::array* array = node.as_array(); setting.is_list && array != nullptr) {
      if (!read_texts(setting, *array, value.texts)) return;
    } else if (auto text = text_of(setting, node)) {
      value.texts.push_back(*std::move(text));
    } else {
      return tell_type(setting, node);
    }
    values_.set(setting, std::move(value));
  }

  bool read_texts(const Setting& setting, const toml::array& array,
                  std::vector<std::string>& texts) {
    bool is_good = true;
    for (const toml::node& node : array) {
      if (auto text = text_of(setting, node)) {
        texts.push_back(*std::move(text));
      } else {
        tell_type(setting, node);
        is_good = false;
      }
    }
    return is_good;
  }

  bool read_weights(const Setting& setting, const toml::node& node, SettingValue& value) {
    const toml::table* table = node.as_table();
    if (table == nullptr) {
      tell_type(setting, node);
      return false;
    }
    for (const auto& [name, weight] : *table) {
      const std::optional<double> number =
          weight.is_number() ? weight.value<double>() : std::nullopt;
      if (!number) {
        tell(weight.source(), fmt::format("{}.{} = {}: must be a number", setting.path,
                                          quotable(name.str()), shown(weight)));
        return false;
      }
      value.texts.push_back(fmt::format("{}={}", name.str(), *number));
    }
    return true;
  }

  void read_access(const toml::node& node) {
    const toml::array* rules = node.as_array();
    if (rules == nullptr || !(rules->empty() || rules->is_homogeneous<toml::table>())) {
      return tell(node.source(), "access: must be tables: [[access]]");
    }
    for (const toml::node& rule : *rules) read_rule(*rule.as_table());
  }

  void read_rule(const toml::table& table) {
    AccessEntry entry{.place = place(table.source())};
    bool is_good = true;
    for (const auto& [key, node] : table) {
      const std::string path = "access." + std::string(key.str());
      const Setting* setting = find_setting(path);
      if (setting == nullptr) {
        tell_unknown(path, key.source());
        is_good = false;
        continue;
      }
      std::vector<std::string> texts;
      if (const toml::array* array = node.as_array(); array != nullptr && setting->is_list) {
        is_good = read_texts(*setting, *array, texts) && is_good;
      } else if (auto text = text_of(*setting, node)) {
        texts.push_back(*std::move(text));
      } else {
        tell_type(*setting, node);
        is_good = false;
        continue;
      }
      fill(entry.rule, key.str(), std::move(texts));
    }
    if (!table.contains("pattern")) {
      return tell(table.source(), "access: the pattern of this rule is missing");
    }
    if (is_good) values_.access().push_back(std::move(entry));
  }

  static void fill(AccessRule& rule, std::string_view key, std::vector<std::string> texts) {
    if (key == "pattern") rule.pattern = std::move(texts.front());
    for (std::size_t i = 0; i < kRoomOperationCount; ++i) {
      if (key == name(static_cast<RoomOperation>(i))) rule.admits[i] = std::move(texts);
    }
  }

  const std::string& name_;
  SettingValues& values_;
  Mistakes& mistakes_;
};

}  // namespace

void read_config_text(std::string_view text, const std::string& name, SettingValues& values,
                      Mistakes& mistakes) {
  FileReader reader(name, values, mistakes);
  try {
    const toml::table table = toml::parse(text, name);
    reader.read_table(table, "");
  } catch (const toml::parse_error& error) {
    reader.tell(error.source(), quotable(error.description()));
  }
}

void read_config_file(const std::string& path, SettingValues& values, Mistakes& mistakes) {
  const auto text = read_named_file(path, kConfigFileBytesMax);
  if (!text.ok()) {
    mistakes.add(SettingOrigin::file, fmt::format("{}: {}", path, text.error().message));
    return;
  }
  read_config_text(text.value(), path, values, mistakes);
}

}  // namespace app
