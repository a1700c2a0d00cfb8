#include "app/events/time_text.h"

#include <algorithm>
#include <cstddef>

namespace app {

namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;
constexpr std::int64_t kUnixMsMost = 253'402'300'799'999;  // The end of the year 9999.

struct CivilDate {
  std::uint32_t year = 0;
  std::uint32_t month = 0;
  std::uint32_t day = 0;
};

// Counts from the 1st of March of the year 0, so that the leap day is the last of its year, in
// cycles of 400 years, after which the calendar repeats.
CivilDate date_of(std::uint32_t days_since_1970) noexcept {
  constexpr std::uint32_t kDaysBefore1970 = 719'468;
  constexpr std::uint32_t kDaysPerCycle = 146'097;
  const std::uint32_t days = days_since_1970 + kDaysBefore1970;
  const std::uint32_t cycle = days / kDaysPerCycle;
  const std::uint32_t day = days % kDaysPerCycle;
  const std::uint32_t year = (day - day / 1'460 + day / 36'524 - day / 146'096) / 365;
  const std::uint32_t day_of_year = day - (365 * year + year / 4 - year / 100);
  const std::uint32_t month = (5 * day_of_year + 2) / 153;  // March is 0.
  return {.year = cycle * 400 + year + (month >= 10 ? 1 : 0),
          .month = month < 10 ? month + 3 : month - 9,
          .day = day_of_year - (153 * month + 2) / 5 + 1};
}

// Right-aligned, with zeros before it.
void put_digits(char* at, std::size_t width, std::uint32_t number) noexcept {
  for (std::size_t i = width; i > 0; --i) {
    at[i - 1] = static_cast<char>('0' + number % 10);
    number /= 10;
  }
}

}  // namespace

std::string_view TimeText::at(std::int64_t unix_ms) noexcept {
  const std::int64_t ms = std::clamp<std::int64_t>(unix_ms, 0, kUnixMsMost);
  if (ms != ms_) {
    if (ms / 1000 != second_) write_second(ms / 1000);
    put_digits(text_.data() + 21, 3, static_cast<std::uint32_t>(ms % 1000));
    ms_ = ms;
  }
  return {text_.data(), text_.size() - 1};
}

void TimeText::write_second(std::int64_t second) noexcept {
  const CivilDate date = date_of(static_cast<std::uint32_t>(second / kSecondsPerDay));
  const auto of_day = static_cast<std::uint32_t>(second % kSecondsPerDay);
  put_digits(text_.data() + 1, 4, date.year);
  put_digits(text_.data() + 6, 2, date.month);
  put_digits(text_.data() + 9, 2, date.day);
  put_digits(text_.data() + 12, 2, of_day / 3'600);
  put_digits(text_.data() + 15, 2, of_day / 60 % 60);
  put_digits(text_.data() + 18, 2, of_day % 60);
  second_ = second;
}

}  // namespace app
