// SampleMessage: a message that its number determines, so that whoever gets it back can tell
// whether it is the right one without having kept it.
//
// Sizes favour the edges of the frame format: 0, 125, 126, 65,535, 65,536. Text is valid UTF-8.
// Pure function of the number. Bound: kSampleBytesMost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "protocol/opcode.h"

namespace sim {

inline constexpr std::size_t kSampleBytesMost = 70'000;

struct SampleMessage {
  protocol::Opcode opcode = protocol::Opcode::binary;
  std::vector<std::byte> bytes;
};

// `small` keeps to a few hundred bytes.
SampleMessage sample_message(std::uint64_t number, bool small);

}  // namespace sim
