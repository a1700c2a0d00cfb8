// TimeText: a time as JSON, in ISO 8601, UTC and milliseconds: "2026-11-27T15:51:47.012Z".
//
// It keeps what it wrote last: who writes one time after the other, as a shard does, mostly has
// three digits to write, and none for what comes in one turn. Pure, time is an argument; one thread
// owns it. Times before 1970 and after 9999 are written as the nearest that is not.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace app {

class TimeText {
 public:
  // With its quotes; holds until the next call.
  std::string_view at(std::int64_t unix_ms) noexcept;

 private:
  void write_second(std::int64_t second) noexcept;

  std::int64_t ms_ = 0;  // Since 1970, those of the text.
  std::int64_t second_ = 0;
  // With the zero behind it, which is not part of it.
  std::array<char, 27> text_ = std::to_array("\"1970-01-01T00:00:00.000Z\"");
};

}  // namespace app
