#include "loadgen/proc_text.h"

#include <gtest/gtest.h>

namespace loadgen {
namespace {

TEST(ProcText, ReadsFieldsInKilobytes) {
  const std::string text = "MemTotal:  10 kB\nVmRSS:\t    1234 kB\n";
  EXPECT_EQ(proc_field_bytes(text, "VmRSS:"), 1234 * 1024);
  EXPECT_EQ(proc_field_bytes(text, "VmHWM:"), 0);
}

TEST(ProcText, ReadsTheFirstNumber) {
  EXPECT_EQ(parse_proc_number(" mem 37\n"), 37);
  EXPECT_EQ(parse_proc_number("none"), 0);
}

TEST(ProcText, ReadsFilesLongerThanOneRead) {
  EXPECT_NE(read_proc_file("/proc/self/stat").find(')'), std::string::npos);
  EXPECT_GT(read_proc_file("/proc/self/exe").size(), 100'000);
  EXPECT_EQ(read_proc_file("/proc/self/no-such-file"), "");
}

}  // namespace
}  // namespace loadgen
