#include "app/config/schema.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "app/config/setting_value.h"

namespace app {
namespace {

using testing::HasSubstr;

TEST(Schema, PathsFlagsAndVariablesAreEachOnce) {
  std::set<std::string> names;
  std::size_t count = 0;
  for (const Setting& setting : all_settings()) {
    for (const std::string& name : {setting.path, setting.flag, environment_name(setting)}) {
      if (name.empty()) continue;
      ++count;
      EXPECT_TRUE(names.insert(name).second) << name;
    }
  }
  EXPECT_EQ(names.size(), count);
}

TEST(Schema, EachSettingIsExplained) {
  for (const Setting& setting : all_settings()) {
    EXPECT_GE(setting.help.size(), 4U) << setting.path;
    EXPECT_FALSE(setting.help.ends_with('.')) << setting.path;
    EXPECT_EQ(setting.flag.empty(), setting.is_secret || setting.kind == SettingKind::access)
        << setting.path;
    EXPECT_EQ(setting.kind == SettingKind::choice, !setting.choices.empty()) << setting.path;
    EXPECT_TRUE(is_table(table_of(setting.path)));
  }
}

TEST(Schema, TablesAreInOnePiece) {
  std::set<std::string_view> done;
  std::string_view last;
  for (const Setting& setting : all_settings()) {
    const std::string_view table = table_of(setting.path);
    if (table == last) continue;
    EXPECT_TRUE(done.insert(table).second) << table;
    last = table;
  }
}

TEST(Schema, FlagsThatWereThereKeepTheirNames) {
  std::set<std::string> flags;
  for (const Setting& setting : all_settings()) flags.insert(setting.flag);
  for (const char* flag : {"--listen",
                           "--shards",
                           "--cpus",
                           "--connections",
                           "--max-message",
                           "--send-queue",
                           "--heartbeat",
                           "--handshake-timeout",
                           "--close-timeout",
                           "--idle-timeout",
                           "--park-after",
                           "--drain-timeout",
                           "--receive-buffers",
                           "--receive-buffer",
                           "--no-room-affinity",
                           "--raw",
                           "--log-level",
                           "--log-format",
                           "--handshakes-per-second",
                           "--memory-budget",
                           "--room-policy",
                           "--conflate-above",
                           "--drop-above",
                           "--keys-per-room"}) {
    EXPECT_TRUE(flags.contains(flag)) << flag;
  }
}

// Stars are emphasis in Markdown, outside of code.
std::string escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '*') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

// A row of the tables in docs/CONFIGURATION.md.
std::string documented(const Setting& setting) {
  std::string standard = setting.standard_words;
  if (standard.empty()) {
    standard = setting.is_secret || setting.kind == SettingKind::access
                   ? "none"
                   : "`" + shown_value(setting, SettingValues().of(setting.path)) + "`";
  }
  std::string allowed = allowed_text(setting).substr(std::string("must be ").size());
  if (setting.or_zero) allowed += ", or \"0s\"";
  std::string flag = "-";
  if (!setting.flag.empty()) flag = "`" + setting.flag + "`";
  return fmt::format("| `{}` | {} | {} | {} | {} | {} |", key_of(setting.path),
                     escaped(setting.help), allowed, standard, flag,
                     setting.is_reloadable ? "yes" : "restart");
}

TEST(Schema, IsWhatTheDocumentSays) {
  std::ifstream file("docs/CONFIGURATION.md");
  std::stringstream text;
  text << file.rdbuf();
  const std::string document = text.str();
  std::string_view last;
  std::string_view section;
  std::size_t rows = 0;
  for (const Setting& setting : all_settings()) {
    const std::string_view table = table_of(setting.path);
    if (table != last) {
      const std::string heading =
          fmt::format("### `{}`\n", table == "access" ? "[[access]]" : fmt::format("[{}]", table));
      const std::size_t begin = document.find(heading);
      ASSERT_NE(begin, std::string::npos) << heading;
      section = std::string_view(document).substr(begin + heading.size());
      section = section.substr(0, std::min(section.find("\n#"), section.size()));
    }
    last = table;
    ++rows;
    EXPECT_NE(section.find(documented(setting) + "\n"), std::string_view::npos)
        << "docs/CONFIGURATION.md lacks in " << table << ":\n"
        << documented(setting);
  }
  std::size_t found = 0;
  for (std::size_t at = document.find("\n| `"); at != std::string::npos;
       at = document.find("\n| `", at + 1)) {
    ++found;
  }
  EXPECT_EQ(found, rows) << "a row of the document is of no setting";
}

}  // namespace
}  // namespace app
