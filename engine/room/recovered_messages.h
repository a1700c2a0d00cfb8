// Recovered messages: what a member missed of a room, from the room's history, as it crosses
// shards.
//
// Written by the home, read by the shard of the member, which gives it exactly what precedes the
// live messages. Each is its number, its opcode, its size, its bytes. Pure, any thread. Bound: the
// room's history.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/room/room_history.h"
#include "protocol/opcode.h"

namespace engine {

// Where a member was before: what it had of a room. Epochs differ where numbers began anew.
struct ResumePosition {
  std::uint64_t epoch = 0;
  std::uint64_t number = 0;
};

struct RecoveredMessage {
  std::uint64_t number = 0;
  protocol::Opcode opcode = protocol::Opcode::text;
  std::span<const std::byte> bytes{};
};

struct Recovery {
  bool complete = false;  // Nothing that was to be kept is missing.
  ResumePosition now{};   // Live messages follow this one.
  std::span<const RecoveredMessage> messages{};
};

void append_recovered(std::vector<std::byte>& text, const KeptMessage& message);
// Those with numbers up to `through`. Views point into `text`.
std::vector<RecoveredMessage> read_recovered(std::span<const std::byte> text,
                                             std::uint64_t through);

}  // namespace engine
