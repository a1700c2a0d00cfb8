// Choice: a word that a setting may say, and what it means.
//
// A table of them stands once, and both the schema and whoever reads the setting go by it: neither
// depends on its order, in which the words are shown. Constants, any thread.
#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "app/auth/auth_options.h"
#include "app/upstream/when_service_is_down.h"
#include "base/check.h"
#include "base/log.h"

namespace app {

template <typename Meaning>
struct Choice {
  std::string_view word{};
  Meaning meaning{};
};

inline constexpr Choice<AuthMode> kAuthModes[] = {
    {"none", AuthMode::none}, {"token", AuthMode::token}, {"service", AuthMode::service}};
inline constexpr Choice<WhenServiceIsDown> kWhenDown[] = {
    {"refuse", WhenServiceIsDown::refuse}, {"admit_known", WhenServiceIsDown::admit_known}};
inline constexpr Choice<base::LogLevel> kLogLevels[] = {
    {"trace", base::LogLevel::trace}, {"debug", base::LogLevel::debug},
    {"info", base::LogLevel::info},   {"warn", base::LogLevel::warn},
    {"error", base::LogLevel::error}, {"off", base::LogLevel::off}};
inline constexpr Choice<base::LogFormat> kLogFormats[] = {{"text", base::LogFormat::text},
                                                          {"json", base::LogFormat::json}};

// Of a word that the table has.
template <typename Meaning, std::size_t size>
Meaning meaning_of(const Choice<Meaning> (&table)[size], std::string_view word) {
  const auto* const found = std::ranges::find(table, word, &Choice<Meaning>::word);
  CHECK(found != std::end(table));
  return found->meaning;
}

// Of a meaning that the table has.
template <typename Meaning, std::size_t size>
std::string word_of(const Choice<Meaning> (&table)[size], Meaning meaning) {
  const auto* const found = std::ranges::find(table, meaning, &Choice<Meaning>::meaning);
  CHECK(found != std::end(table));
  return std::string(found->word);
}

// In the order of the table.
template <typename Meaning, std::size_t size>
std::vector<std::string> words_of(const Choice<Meaning> (&table)[size]) {
  std::vector<std::string> words;
  for (const Choice<Meaning>& choice : table) words.emplace_back(choice.word);
  return words;
}

}  // namespace app
