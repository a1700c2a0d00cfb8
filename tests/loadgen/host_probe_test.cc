#include "loadgen/host_probe.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace loadgen {
namespace {

TEST(HostProbe, SeesTheMemoryOfTheHost) {
  const HostMemory memory = HostProbe(getpid()).look_closely();
  EXPECT_GT(memory.available, std::uint64_t{1} << 20);
  EXPECT_GT(memory.slab, std::uint64_t{1} << 20);
  EXPECT_LE(memory.slab_sockets, memory.slab);  // 0 for who may not read slabinfo.
}

TEST(HostProbe, AddsTheCachesThatConnectionsAreMadeOf) {
  EXPECT_EQ(socket_slab_bytes("slabinfo - version: 2.1\n"
                              "# name <active_objs> <num_objs> <objsize> ...\n"
                              "TCP 10 12 2368 13 8 : tunables 0 0 0\n"
                              "dentry 99 100 192 21 1 : tunables 0 0 0\n"
                              "sock_inode_cache 1 2 832 1 1 : tunables 0 0 0\n"),
            12 * 2368 + 2 * 832);
  EXPECT_EQ(socket_slab_bytes(""), 0);
}

}  // namespace
}  // namespace loadgen
