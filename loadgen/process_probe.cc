#include "loadgen/process_probe.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <ratio>
#include <sstream>
#include <string_view>
#include <system_error>

namespace loadgen {

namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::uint64_t parse_number(std::string_view text) {
  const std::size_t digit = text.find_first_of("0123456789");
  if (digit == std::string_view::npos) return 0;
  std::uint64_t number = 0;
  std::from_chars(text.data() + digit, text.data() + text.size(), number);
  return number;
}

// The value of a line such as "VmRSS:   1234 kB", in bytes.
std::uint64_t field_bytes(std::string_view text, std::string_view name) {
  constexpr std::uint64_t kKilo = 1024;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (line.starts_with(name)) return parse_number(line.substr(name.size())) * kKilo;
    at = end + 1;
  }
  return 0;
}

// Of stat: the fields 14 and 15 (proc(5)).
void parse_ticks(const std::string& text, CpuTime& time) {
  // The name, in parentheses, may contain anything; the fields are counted from its end.
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return;
  constexpr int kFieldsBetween = 11;  // From the state, field 3, to field 13.
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  for (int i = 0; i < kFieldsBetween; ++i) fields >> skipped;
  fields >> time.user_ticks >> time.system_ticks;
}

}  // namespace

base::Duration CpuTime::user() const noexcept {
  const auto ticks = static_cast<double>(user_ticks + system_ticks);
  if (ticks == 0) return {};
  const double part = static_cast<double>(user_ticks) / ticks;
  return base::Duration{static_cast<std::int64_t>(static_cast<double>(total.count()) * part)};
}

ProcessProbe::ProcessProbe(pid_t pid) : pid_(pid), folder_("/proc/" + std::to_string(pid) + "/") {}

base::Result<ProcessProbe> ProcessProbe::open(pid_t pid) {
  ProcessProbe probe(pid);
  if (read_file(probe.folder_ + "stat").empty()) {
    return base::Error{"there is no process " + std::to_string(pid) + " (--server-pid)"};
  }
  return probe;
}

ProcessProbe ProcessProbe::self() { return ProcessProbe(getpid()); }

CpuTime ProcessProbe::cpu() const {
  CpuTime time;
  parse_ticks(read_file(folder_ + "stat"), time);
  std::uint64_t nanoseconds = 0;
  std::error_code error;
  for (const auto& task : std::filesystem::directory_iterator(folder_ + "task", error)) {
    nanoseconds += parse_number(read_file(task.path().string() + "/schedstat"));
  }
  if (nanoseconds == 0) {  // A kernel without schedstat.
    const auto ticks_per_second = static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
    nanoseconds = (time.user_ticks + time.system_ticks) * (std::nano::den / ticks_per_second);
  }
  time.total = base::Duration{static_cast<std::int64_t>(nanoseconds)};
  return time;
}

MemoryUse ProcessProbe::memory() const {
  const std::string status = read_file(folder_ + "status");
  // Needs the process to be the user's own, and walks all its pages: zero if refused.
  const std::string rollup = read_file(folder_ + "smaps_rollup");
  return {.resident = field_bytes(status, "VmRSS:"),
          .resident_anonymous = field_bytes(status, "RssAnon:"),
          .resident_peak = field_bytes(status, "VmHWM:"),
          .proportional = field_bytes(rollup, "Pss:")};
}

std::string ProcessProbe::name() const {
  std::string name = read_file(folder_ + "comm");
  if (!name.empty() && name.back() == '\n') name.pop_back();
  return name;
}

}  // namespace loadgen
