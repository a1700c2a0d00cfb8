#include "loadgen/process_probe.h"

#include <unistd.h>

#include <filesystem>
#include <ratio>
#include <sstream>
#include <string_view>
#include <system_error>

#include "loadgen/proc_text.h"

namespace loadgen {

namespace {

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
  if (read_proc_file(probe.folder_ + "stat").empty()) {
    return base::Error{"there is no process " + std::to_string(pid) + " (--server-pid)"};
  }
  return probe;
}

ProcessProbe ProcessProbe::self() { return ProcessProbe(getpid()); }

CpuTime ProcessProbe::cpu() const {
  CpuTime time;
  parse_ticks(read_proc_file(folder_ + "stat"), time);
  std::uint64_t nanoseconds = 0;
  std::error_code error;
  for (const auto& task : std::filesystem::directory_iterator(folder_ + "task", error)) {
    nanoseconds += parse_proc_number(read_proc_file(task.path().string() + "/schedstat"));
  }
  if (nanoseconds == 0) {  // A kernel without schedstat.
    const auto ticks_per_second = static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
    nanoseconds = (time.user_ticks + time.system_ticks) * (std::nano::den / ticks_per_second);
  }
  time.total = base::Duration{static_cast<std::int64_t>(nanoseconds)};
  return time;
}

MemoryUse ProcessProbe::memory() const {
  const std::string status = read_proc_file(folder_ + "status");
  // Needs the process to be the user's own, and walks all its pages: zero if refused.
  const std::string rollup = read_proc_file(folder_ + "smaps_rollup");
  return {.resident = proc_field_bytes(status, "VmRSS:"),
          .resident_anonymous = proc_field_bytes(status, "RssAnon:"),
          .resident_peak = proc_field_bytes(status, "VmHWM:"),
          .proportional = proc_field_bytes(rollup, "Pss:")};
}

std::uint64_t ProcessProbe::resident() const {
  // "size resident ...", in pages.
  const std::string statm = read_proc_file(folder_ + "statm");
  const std::size_t space = statm.find(' ');
  if (space == std::string::npos) return 0;
  const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  return page * parse_proc_number(std::string_view(statm).substr(space));
}

std::string ProcessProbe::name() const {
  std::string name = read_proc_file(folder_ + "comm");
  if (!name.empty() && name.back() == '\n') name.pop_back();
  return name;
}

}  // namespace loadgen
