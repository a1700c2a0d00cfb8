// SettingMaker: how the schema's settings are made, a function for each kind of them.
//
// The defaults are values of the options that a setting is read into, and are put into words here.
// What a setting may have besides is said right after it is made: count(...).flag("--shards").
// Used by the thread that builds the schema. Bounds: none; there are as many as are made.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/config/choice.h"
#include "app/config/setting.h"
#include "app/limits/limit_options.h"
#include "base/limits.h"
#include "base/time.h"

namespace app {

// Of a count, or of bytes.
struct Numbers {
  std::uint64_t least = 0;
  std::uint64_t most = 0;
};

struct Durations {
  base::Duration least{};
  base::Duration most{};
};
inline constexpr Durations kTimeouts{.least = base::kTimeoutLeast, .most = base::kTimeoutMost};

// A setting that was just made, and what else there is to say of it; not to be kept.
class MadeSetting {
 public:
  explicit MadeSetting(Setting& setting) : setting_(setting) {}

  // Another than its path makes.
  MadeSetting flag(std::string flag);
  // One without a value, which says `value`.
  MadeSetting bare_flag(std::string flag, std::string value);
  // What the default is, where it depends on the host or on other settings.
  MadeSetting standard_words(std::string words);
  MadeSetting list();
  MadeSetting or_zero();
  MadeSetting reloadable();
  MadeSetting secret();

 private:
  Setting& setting_;
};

class SettingMaker {
 public:
  enum class TakesEffect : std::uint8_t { at_restart, at_reload };

  // Of settings that are all alike in this, unless one is said to be reloadable().
  SettingMaker(std::vector<Setting>& settings, TakesEffect takes_effect)
      : settings_(settings), takes_effect_(takes_effect) {}

  MadeSetting text(std::string path, std::string standard, std::string help);
  MadeSetting texts(std::string path, const std::vector<std::string>& standard, std::string help);
  MadeSetting address(std::string path, std::string standard, std::string help);
  MadeSetting file(std::string path, std::string help);
  MadeSetting on_off(std::string path, bool standard, std::string help);
  // Without a default where it is said in words.
  MadeSetting count(std::string path, std::optional<std::uint64_t> standard, const Numbers& allowed,
                    std::string help);
  MadeSetting bytes(std::string path, std::optional<std::uint64_t> standard, const Numbers& allowed,
                    std::string help);
  MadeSetting duration(std::string path, base::Duration standard, const Durations& allowed,
                       std::string help);
  MadeSetting rate(std::string path, const Rate& standard, std::string help);
  MadeSetting byte_rate(std::string path, const Rate& standard, std::string help);
  MadeSetting weights(std::string path, std::string help);
  MadeSetting access(std::string path, std::string help);
  // One word of the table.
  template <typename Meaning, std::size_t size>
  MadeSetting choice(std::string path, const Choice<Meaning> (&table)[size], Meaning standard,
                     std::string help) {
    return one_of(std::move(path), words_of(table), word_of(table, standard), std::move(help));
  }
  // Some of the words.
  MadeSetting some_of(std::string path, std::vector<std::string> words,
                      const std::vector<std::string>& standard, std::string help);

 private:
  Setting& add(std::string path, SettingKind kind, std::string standard, std::string help);
  MadeSetting one_of(std::string path, std::vector<std::string> words, std::string standard,
                     std::string help);

  std::vector<Setting>& settings_;
  TakesEffect takes_effect_;
};

}  // namespace app
