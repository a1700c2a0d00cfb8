#include "app/config/setting_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>

#include "app/config/named_file.h"
#include "app/config/rate_text.h"
#include "app/config/schema.h"
#include "app/gateway_limits.h"
#include "base/byte_text.h"
#include "base/check.h"
#include "base/duration_text.h"

namespace app {

const Setting& SettingReader::setting(std::string_view path) {
  const Setting* found = find_setting(path);
  CHECK(found != nullptr);
  read_.emplace(path);
  return *found;
}

const std::string& SettingReader::single(const Setting& setting) {
  const SettingValue& value = values_.of(setting.path);
  CHECK(!setting.is_list);
  CHECK(value.texts.size() == 1);
  return value.texts.front();
}

bool SettingReader::is_said(std::string_view path) {
  return values_.of(setting(path).path).origin != SettingOrigin::standard;
}

void SettingReader::fail(std::string_view path, std::string_view what) {
  fail_one(path, single(setting(path)), what);
}

void SettingReader::fail_one(std::string_view path, const std::string& text,
                             std::string_view what) {
  const Setting& of = setting(path);
  const SettingOrigin origin = values_.of(path).origin;
  if (of.is_secret) return fail_quoted(path, fmt::format("***: {}", what));
  const bool quote =
      origin == SettingOrigin::file && !text.empty() && of.kind != SettingKind::count;
  fail_quoted(path, fmt::format("{0}{1}{0}: {2}", quote ? "\"" : "", quotable(text), what));
}

void SettingReader::fail_quoted(std::string_view path, std::string_view what) {
  const Setting& of = setting(path);
  const SettingValue& value = values_.of(path);
  failed_.emplace(path);
  const std::string_view between = value.origin == SettingOrigin::flag          ? " "
                                   : value.origin == SettingOrigin::environment ? "="
                                                                                : " = ";
  mistakes_.add(value.origin,
                where_said(of, value) + std::string(between) + quotable(what, kMistakeBytesMax),
                value.place);
}

void SettingReader::fail_at(const FilePlace& place, std::string_view what) {
  mistakes_.add(SettingOrigin::file,
                fmt::format("{}: {}", place.text(), quotable(what, kMistakeBytesMax)), place);
}

std::string SettingReader::said(std::string_view path) {
  const SettingValue& value = values_.of(setting(path).path);
  return value.texts.empty() ? "" : value.texts.front();
}

bool SettingReader::is_fine(std::string_view path, const std::string& text) {
  if (text.size() > kTextBytesMax) {
    fail_one(path, text, fmt::format("must have at most {} bytes", kTextBytesMax));
    return false;
  }
  const bool is_printable = std::ranges::none_of(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  if (!is_printable) fail_one(path, text, "must be without control characters");
  return is_printable;
}

std::string SettingReader::text(std::string_view path) {
  const std::string& text = single(setting(path));
  return is_fine(path, text) ? text : "";
}

std::vector<std::string> SettingReader::list(std::string_view path) {
  const Setting& of = setting(path);
  CHECK(of.is_list);
  const std::vector<std::string>& texts = values_.of(path).texts;
  if (texts.size() > kListMost) {
    fail_quoted(path, fmt::format("{} entries: must be at most {}", texts.size(), kListMost));
    return {};
  }
  for (const std::string& text : texts) {
    if (!is_fine(path, text)) return {};
    if (!text.empty()) continue;
    fail_one(path, text, "an entry is empty");
    return {};
  }
  return texts;
}

std::uint64_t SettingReader::count(std::string_view path) {
  const Setting& of = setting(path);
  const std::string& text = single(of);
  std::uint64_t value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = status == std::errc() && end == text.data() + text.size();
  if (whole && value >= of.least && value <= of.most) return value;
  fail(path, fmt::format("must be a whole number from {} to {}", of.least, of.most));
  return of.least;
}

std::uint64_t SettingReader::bytes(std::string_view path) {
  const Setting& of = setting(path);
  const auto value = base::parse_byte_count(single(of));
  if (!value.ok()) {
    fail(path, value.error().message);
    return of.least;
  }
  if (value.value() >= of.least && value.value() <= of.most) return value.value();
  fail(path, fmt::format("must be from {} to {}", base::format_byte_count(of.least),
                         base::format_byte_count(of.most)));
  return of.least;
}

base::Duration SettingReader::duration(std::string_view path) {
  const Setting& of = setting(path);
  const base::Duration least{static_cast<std::int64_t>(of.least)};
  const base::Duration most{static_cast<std::int64_t>(of.most)};
  const auto value = base::parse_duration(single(of));
  if (!value.ok()) {
    fail(path, value.error().message);
    return least;
  }
  if (of.or_zero && value.value() == base::Duration::zero()) return value.value();
  if (value.value() >= least && value.value() <= most) return value.value();
  fail(path, fmt::format("must be from {} to {}{}", base::format_duration(least),
                         base::format_duration(most), of.or_zero ? ", or 0s for never" : ""));
  return least;
}

bool SettingReader::on(std::string_view path) {
  const std::string& text = single(setting(path));
  if (text == "true") return true;
  if (text != "false") fail(path, "must be true or false");
  return false;
}

Rate SettingReader::rate(std::string_view path) {
  const Setting& of = setting(path);
  const auto value =
      parse_rate(single(of), of.kind == SettingKind::byte_rate ? RateUnit::bytes : RateUnit::times);
  if (value.ok()) return value.value();
  fail(path, value.error().message);
  return {};
}

std::vector<std::pair<std::string, double>> SettingReader::weights(std::string_view path) {
  std::vector<std::pair<std::string, double>> weights;
  for (const std::string& text : list(path)) {
    const std::size_t equals = text.rfind('=');
    double weight = 0;
    const char* const end = text.data() + text.size();
    bool is_good = equals != std::string::npos && equals > 0;
    if (is_good) {
      const auto result = std::from_chars(text.data() + equals + 1, end, weight);
      is_good = result.ec == std::errc() && result.ptr == end && weight > 0 &&
                weight <= kTenantWeightMost;
    }
    if (!is_good) {
      fail_one(
          path, text,
          fmt::format("must be TENANT=WEIGHT, a number above 0 and up to {}", kTenantWeightMost));
      continue;
    }
    weights.emplace_back(text.substr(0, equals), weight);
  }
  return weights;
}

bool SettingReader::is_choice(const Setting& of, const std::string& text) {
  if (std::ranges::find(of.choices, text) != of.choices.end()) return true;
  std::vector<std::string> words = of.choices;
  std::ranges::sort(words);
  std::string allowed;
  for (const std::string& word : words) allowed += (allowed.empty() ? "" : ", ") + word;
  fail_one(of.path, text, "must be one of " + allowed);
  return false;
}

std::string SettingReader::choice(std::string_view path) {
  const Setting& of = setting(path);
  const std::string& text = single(of);
  return is_choice(of, text) ? text : of.choices.front();
}

std::vector<std::string> SettingReader::choices(std::string_view path) {
  std::vector<std::string> chosen;
  for (const std::string& text : list(path)) {
    if (is_choice(setting(path), text)) chosen.push_back(text);
  }
  return chosen;
}

std::string SettingReader::file_content(std::string_view path) {
  const Setting& of = setting(path);
  const std::string name = text(path);
  if (name.empty()) return {};
  auto content = read_named_file(name, kNamedFileBytesMax);
  if (!content.ok()) {
    fail(path, content.error().message);
    return {};
  }
  values_.set_content_hash(of, std::hash<std::string>{}(content.value()));
  return content.take();
}

std::vector<std::string> SettingReader::unread() const {
  std::vector<std::string> unread;
  for (const Setting& setting : all_settings()) {
    if (setting.kind == SettingKind::access) continue;
    if (!read_.contains(setting.path)) unread.push_back(setting.path);
  }
  return unread;
}

}  // namespace app
