#include "loadgen/host_probe.h"

#include <unistd.h>

#include <array>
#include <sstream>
#include <string_view>

#include "loadgen/proc_text.h"

namespace loadgen {

namespace {

// What the kernel makes for a connection, by the names of its caches. Those of io_uring's requests
// are not among them: they belong to operations.
constexpr std::array<std::string_view, 12> kSocketCaches{
    "TCP",         "TCPv6",         "sock_inode_cache",  "request_sock_TCP",  "request_sock_TCPv6",
    "tw_sock_TCP", "tw_sock_TCPv6", "skbuff_head_cache", "skbuff_small_head", "skbuff_fclone_cache",
    "filp",        "eventpoll_epi"};

std::string cgroup_file_of(pid_t pid) {
  std::istringstream lines(read_proc_file("/proc/" + std::to_string(pid) + "/cgroup"));
  for (std::string line; std::getline(lines, line);) {
    constexpr std::string_view kUnified = "0::";
    if (!line.starts_with(kUnified)) continue;
    return "/sys/fs/cgroup" + line.substr(kUnified.size()) + "/memory.current";
  }
  return {};
}

// Of "TCP: inuse 5 orphan 0 tw 0 alloc 7 mem 3": the pages behind "mem".
std::uint64_t tcp_pages(const std::string& sockstat) {
  const std::size_t line = sockstat.find("TCP:");
  if (line == std::string::npos) return 0;
  const std::size_t mem = sockstat.find(" mem ", line);
  return mem == std::string::npos ? 0 : parse_proc_number(std::string_view(sockstat).substr(mem));
}

}  // namespace

HostProbe::HostProbe(pid_t pid) : cgroup_file_(cgroup_file_of(pid)) {}

HostMemory HostProbe::look() const {
  const std::string meminfo = read_proc_file("/proc/meminfo");
  const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  HostMemory memory{.available = proc_field_bytes(meminfo, "MemAvailable:"),
                    .slab = proc_field_bytes(meminfo, "Slab:"),
                    .tcp_buffers = page * tcp_pages(read_proc_file("/proc/net/sockstat"))};
  if (!cgroup_file_.empty()) memory.cgroup = parse_proc_number(read_proc_file(cgroup_file_));
  return memory;
}

HostMemory HostProbe::look_closely() const {
  HostMemory memory = look();
  memory.slab_sockets = socket_slab_bytes(read_proc_file("/proc/slabinfo"));
  return memory;
}

std::uint64_t socket_slab_bytes(const std::string& slabinfo) {
  std::istringstream lines(slabinfo);
  std::uint64_t bytes = 0;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string name;
    std::uint64_t active = 0;
    std::uint64_t objects = 0;
    std::uint64_t object_bytes = 0;
    if (!(fields >> name >> active >> objects >> object_bytes)) continue;
    for (const std::string_view cache : kSocketCaches) {
      if (name == cache) bytes += objects * object_bytes;
    }
  }
  return bytes;
}

}  // namespace loadgen
