// Proc text: reads the small files in /proc, and the numbers in them.
//
// Pure functions but for the reading. What is not there is empty, or zero: a figure that this
// kernel does not give, or not to this user, is none to stop for. Any thread; each call allocates
// as much as the file is long.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace loadgen {

// The file as a whole; empty when it cannot be read.
std::string read_proc_file(const std::string& path);

// The first number in a text.
std::uint64_t parse_proc_number(std::string_view text);

// The value of a line such as "VmRSS:   1234 kB", in bytes; `name` is "VmRSS:".
std::uint64_t proc_field_bytes(std::string_view text, std::string_view name);

}  // namespace loadgen
