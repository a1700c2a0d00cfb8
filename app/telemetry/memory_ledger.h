// MemoryLedger: what the connections of this process cost, in user space and in the kernel.
//
// User space is measured: what is resident now, less what was before the first connection. The
// kernel keeps no such book by process, so its part is reckoned: each connection's socket, inode,
// file and directory entry at the sizes of this kernel's slab caches (/proc/slabinfo, else those of
// Linux 6.18), and the request that waits on it. Queued data comes on top: millrace_queued_bytes.
// Any thread. Reads two small files a call.
#pragma once

#include <cstdint>

namespace app {

struct MemoryLedger {
  std::uint64_t connections = 0;
  std::uint64_t resident_bytes = 0;
  std::uint64_t user_bytes = 0;    // Of all connections: resident since the start.
  std::uint64_t kernel_bytes = 0;  // Of all connections, reckoned.

  double user_per_connection() const noexcept;
  double kernel_per_connection() const noexcept;
};

class MemoryLedgerKeeper {
 public:
  // Before the first connection.
  MemoryLedgerKeeper();

  // `warm`: connections with a multishot receive armed; the others wait on a poll.
  MemoryLedger look(std::uint64_t connections, std::uint64_t warm) const;

 private:
  std::uint64_t resident_before_;
  std::uint64_t socket_bytes_;  // Of one connection in the kernel.
};

// The bytes of one TCP connection's objects in a /proc/slabinfo; 0 if it does not name them all.
std::uint64_t socket_object_bytes(const char* slabinfo);

}  // namespace app
