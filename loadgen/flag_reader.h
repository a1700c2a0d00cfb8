// FlagReader: reads the texts of flags into values, and keeps the first mistake.
//
// After a mistake every value is unimportant. Used once at start, on the main thread.
#pragma once

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "loadgen/client_groups.h"

namespace loadgen {

class FlagReader {
 public:
  std::uint32_t count(std::string_view flag, std::uint64_t value, std::uint64_t least,
                      std::uint64_t most);
  base::Duration duration(std::string_view flag, const std::string& text, bool zero_allowed);
  // Per second; 0 when there is none. May end in k or M.
  double rate(std::string_view flag, const std::string& text);
  // Of messages.
  SizeRange size(std::string_view flag, const std::string& text);
  // Such as 60:30:10; at least one is not 0.
  std::array<std::uint32_t, 3> shares(std::string_view flag, const std::string& text);
  // Such as 1 or 0-3,8.
  std::vector<std::uint32_t> cpus(const std::string& text);

  template <typename... Arguments>
  void fail(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    if (mistake_.empty()) mistake_ = fmt::format(format, std::forward<Arguments>(arguments)...);
  }
  void fail_with(const base::Error& error) { fail("{}", error.message); }
  // Empty when there was none.
  const std::string& mistake() const { return mistake_; }

 private:
  std::uint32_t bytes(std::string_view flag, const std::string& text);
  std::uint32_t cpu(const std::string& all, const std::string& text);

  std::string mistake_;
};

}  // namespace loadgen
