// Event recorder: runs a MessageAssembler over pieces of input and writes down what it said.
//
// Each event becomes one line of text, so that a whole conversation compares with one EXPECT_EQ and
// a difference is readable: "text hello", "close 1000 bye", "violation mask_missing 1002".
#pragma once

#include <string>
#include <vector>

#include "protocol/message_assembler.h"
#include "tests/support/for_each_split.h"

namespace tests {

using Events = std::vector<std::string>;

std::string describe(const protocol::MessageEvent& event);

// Feeds the pieces until the first violation or the end.
Events record(protocol::MessageAssembler& assembler, Pieces pieces);

// The events of the input; checks that every way of cutting it gives the same.
Events events_of(const Bytes& input, protocol::Role role = protocol::Role::server,
                 std::uint64_t message_bytes_max = 1 << 20);

}  // namespace tests
