#include "app/telemetry/memory_ledger.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>

#include "base/mapped_array.h"

namespace app {
namespace {

TEST(MemoryLedger, AddsUpTheObjectsOfASocket) {
  constexpr const char* kSlabinfo =
      "slabinfo - version: 2.1\n"
      "# name            <active_objs> <num_objs> <objsize> ...\n"
      "TCP                  54    91   2368   13    8 : tunables 0 0 0\n"
      "TCPv6                 1    13   2560   12    8 : tunables 0 0 0\n"
      "sock_inode_cache   1000  1014    832   39    8 : tunables 0 0 0\n"
      "filp               2000  2100    192   21    1 : tunables 0 0 0\n"
      "dentry            90000 90300    192   21    1 : tunables 0 0 0\n";
  EXPECT_EQ(socket_object_bytes(kSlabinfo), 2368U + 832 + 192 + 192);
  EXPECT_EQ(socket_object_bytes("TCP 1 1 2368\n"), 0U) << "not all of it is known";
  EXPECT_EQ(socket_object_bytes(""), 0U);
}

TEST(MemoryLedger, CountsWhoWaitsOnAPollForLess) {
  const MemoryLedgerKeeper keeper;
  const double parked = keeper.look(1000, 0).kernel_per_connection();
  const double warm = keeper.look(1000, 1000).kernel_per_connection();
  EXPECT_DOUBLE_EQ(warm - parked, 864.0 - 256.0);
  EXPECT_GT(parked, 2000.0);
  EXPECT_EQ(keeper.look(0, 0).kernel_per_connection(), 0.0);
}

TEST(MemoryLedger, UserSpaceIsWhatBecameResident) {
#ifdef __SANITIZE_THREAD__
  GTEST_SKIP() << "the sanitizer keeps several bytes for each of ours";
#endif
  const MemoryLedgerKeeper keeper;
  constexpr std::uint32_t kBytes = 32U << 20;
  // Of the kernel: the allocator might give what earlier tests have freed, resident already.
  base::MappedArray<char> memory;
  ASSERT_TRUE(memory.open(kBytes).ok());
  std::memset(&memory[0], 1, kBytes);
  const MemoryLedger ledger = keeper.look(1024, 0);
  EXPECT_GT(ledger.user_bytes, std::uint64_t{kBytes} * 9 / 10);
  EXPECT_LT(ledger.user_bytes, std::uint64_t{kBytes} * 2);
  EXPECT_GE(ledger.resident_bytes, ledger.user_bytes);
}

}  // namespace
}  // namespace app
