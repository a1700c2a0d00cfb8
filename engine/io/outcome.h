// Outcome: the world's answers by name, with what each one means to a gateway.
//
// Kernel results are never asserted about and never end the process. Every errno that an operation
// of ours can meet is a named case here; what has no name is `unexpected`, counted and treated as
// the loss of that one connection. Pure functions, any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace engine {

enum class Outcome : std::uint8_t {
  success,
  connection_reset,     // The peer, or something between, broke the connection off.
  connection_refused,   // Nobody listens there.
  timed_out,            // The kernel gave up on the peer.
  unreachable,          // No route, host or network down.
  no_buffers,           // The receive buffers ran out: arm again when some came back.
  descriptors_full,     // The ring's table or the host's file limit is full.
  addresses_exhausted,  // No local port left towards that address.
  out_of_memory,        // The kernel had no memory for it; worth a later retry.
  canceled,             // We ended it ourselves.
  not_found,            // A cancel found nothing left to end.
  aborted_in_backlog,   // The peer left before we accepted it.
  interrupted,          // Try again.
  unexpected,           // Any other errno.
};

inline constexpr std::uint8_t kOutcomeCount = 14;

// `result` as in a Completion: not negative is success.
Outcome outcome_of(std::int32_t result) noexcept;

// snake_case, for metrics and logs.
std::string_view name(Outcome outcome) noexcept;

}  // namespace engine
