// The words of settings that have few: each is read as what its table says.
#include "app/config/choice.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "app/config/schema.h"
#include "tests/app/config/config_said.h"

namespace app {
namespace {

class Choices : public ConfigTest {
 protected:
  // That whoever says a word of the table gets what it means, and by default what `standard` has.
  template <typename Meaning, std::size_t size, typename Read>
  static void expect_read(const char* path, const Choice<Meaning> (&table)[size], Read&& read,
                          const std::vector<std::string>& besides = {}) {
    const Setting* setting = find_setting(path);
    ASSERT_NE(setting, nullptr) << path;
    EXPECT_EQ(setting->choices, words_of(table)) << path;
    const Options untouched;
    EXPECT_EQ(meaning_of(table, setting->standard), read(untouched)) << path;
    for (const Choice<Meaning>& choice : table) {
      std::vector<std::string> flags = besides;
      flags.insert(flags.end(), {setting->flag, std::string(choice.word)});
      EXPECT_EQ(read(options_of(flags)), choice.meaning) << path << ' ' << choice.word;
      EXPECT_EQ(word_of(table, choice.meaning), choice.word);
    }
  }
};

TEST_F(Choices, AreReadAsWhatTheyMean) {
  expect_read("auth.mode", kAuthModes, [](const Options& options) { return options.auth.mode; },
              {"--auth-jwks-url", "https://x/keys", "--auth-service-url", "https://x"});
  expect_read("auth.when_down", kWhenDown,
              [](const Options& options) { return options.auth.when_down; });
  expect_read("rooms.access_when_down", kWhenDown,
              [](const Options& options) { return options.access_service.when_down; });
  expect_read("log.level", kLogLevels, [](const Options& options) { return options.log_level; });
  expect_read("log.format", kLogFormats, [](const Options& options) { return options.log_format; });
}

}  // namespace
}  // namespace app
