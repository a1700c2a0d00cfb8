#include "app/config/setting_makers.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/config/rate_text.h"
#include "base/byte_text.h"
#include "base/duration_text.h"

namespace app {

namespace {

std::uint64_t nanoseconds(base::Duration duration) {
  return static_cast<std::uint64_t>(duration.count());
}

std::string listed(const std::vector<std::string>& texts) {
  return fmt::format("{}", fmt::join(texts, ","));
}

}  // namespace

MadeSetting MadeSetting::flag(std::string flag) {
  setting_.flag = std::move(flag);
  return *this;
}

MadeSetting MadeSetting::bare_flag(std::string flag, std::string value) {
  setting_.flag = std::move(flag);
  setting_.flag_says = std::move(value);
  return *this;
}

MadeSetting MadeSetting::standard_words(std::string words) {
  setting_.standard_words = std::move(words);
  return *this;
}

MadeSetting MadeSetting::list() {
  setting_.is_list = true;
  return *this;
}

MadeSetting MadeSetting::or_zero() {
  setting_.or_zero = true;
  return *this;
}

MadeSetting MadeSetting::reloadable() {
  setting_.is_reloadable = true;
  return *this;
}

MadeSetting MadeSetting::secret() {
  setting_.is_secret = true;
  return *this;
}

Setting& SettingMaker::add(std::string path, SettingKind kind, std::string standard,
                           std::string help) {
  settings_.push_back({.path = std::move(path),
                       .kind = kind,
                       .help = std::move(help),
                       .standard = std::move(standard),
                       .is_reloadable = takes_effect_ == TakesEffect::at_reload});
  return settings_.back();
}

MadeSetting SettingMaker::text(std::string path, std::string standard, std::string help) {
  return MadeSetting(add(std::move(path), SettingKind::text, std::move(standard), std::move(help)));
}

MadeSetting SettingMaker::texts(std::string path, const std::vector<std::string>& standard,
                                std::string help) {
  return text(std::move(path), listed(standard), std::move(help)).list();
}

MadeSetting SettingMaker::address(std::string path, std::string standard, std::string help) {
  return MadeSetting(
      add(std::move(path), SettingKind::address, std::move(standard), std::move(help)));
}

MadeSetting SettingMaker::file(std::string path, std::string help) {
  return MadeSetting(add(std::move(path), SettingKind::file, "", std::move(help)));
}

MadeSetting SettingMaker::on_off(std::string path, bool standard, std::string help) {
  return MadeSetting(
      add(std::move(path), SettingKind::on_off, standard ? "true" : "false", std::move(help)));
}

MadeSetting SettingMaker::count(std::string path, std::optional<std::uint64_t> standard,
                                const Numbers& allowed, std::string help) {
  Setting& added = add(std::move(path), SettingKind::count,
                       standard ? std::to_string(*standard) : "", std::move(help));
  added.least = allowed.least;
  added.most = allowed.most;
  return MadeSetting(added);
}

MadeSetting SettingMaker::bytes(std::string path, std::optional<std::uint64_t> standard,
                                const Numbers& allowed, std::string help) {
  Setting& added = add(std::move(path), SettingKind::bytes,
                       standard ? base::format_byte_count(*standard) : "", std::move(help));
  added.least = allowed.least;
  added.most = allowed.most;
  return MadeSetting(added);
}

MadeSetting SettingMaker::duration(std::string path, base::Duration standard,
                                   const Durations& allowed, std::string help) {
  Setting& added =
      add(std::move(path), SettingKind::duration, base::format_duration(standard), std::move(help));
  added.least = nanoseconds(allowed.least);
  added.most = nanoseconds(allowed.most);
  return MadeSetting(added);
}

MadeSetting SettingMaker::rate(std::string path, const Rate& standard, std::string help) {
  return MadeSetting(add(std::move(path), SettingKind::rate, format_rate(standard, RateUnit::times),
                         std::move(help)));
}

MadeSetting SettingMaker::byte_rate(std::string path, const Rate& standard, std::string help) {
  return MadeSetting(add(std::move(path), SettingKind::byte_rate,
                         format_rate(standard, RateUnit::bytes), std::move(help)));
}

MadeSetting SettingMaker::weights(std::string path, std::string help) {
  return MadeSetting(add(std::move(path), SettingKind::weights, "", std::move(help))).list();
}

MadeSetting SettingMaker::access(std::string path, std::string help) {
  return MadeSetting(add(std::move(path), SettingKind::access, "", std::move(help)));
}

MadeSetting SettingMaker::one_of(std::string path, std::vector<std::string> words,
                                 std::string standard, std::string help) {
  Setting& added = add(std::move(path), SettingKind::choice, std::move(standard), std::move(help));
  added.choices = std::move(words);
  return MadeSetting(added);
}

MadeSetting SettingMaker::some_of(std::string path, std::vector<std::string> words,
                                  const std::vector<std::string>& standard, std::string help) {
  return one_of(std::move(path), std::move(words), listed(standard), std::move(help)).list();
}

}  // namespace app
