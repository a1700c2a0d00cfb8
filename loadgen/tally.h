// Tally: the counts that only some scenarios have, by name, for the report and for expectations.
//
// Each shard counts its own in ShardStatistics; they are added up when the run is over. Plain
// values, any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace loadgen {

enum class Tally : std::uint8_t {
  dropped,       // storm: connections that were cut off, and went to come back.
  missing,       // storm: of them, those that had not come back in the end.
  retries,       // Connects that followed a failed one.
  refused,       // Connects that were answered with an HTTP status, and tried again.
  deferred,      // Of them, those that were told by Retry-After when to come again.
  slow_closed,   // Slow readers that were closed with 1013.
  slow_dropped,  // Slow readers that were ended in any other way.
  slow_open,     // Slow readers that were still open in the end,
  slow_missed,   // and the messages that these did not get.
  joined,        // churn: members that came while the rooms were published to.
  left_close,    // churn: members that left with a close handshake,
  left_abort,    // without a word,
  left_vanish,   // in the middle of a message.
  acknowledged,  // native: messages whose publisher was told what became of them,
  receipted,     // and receipts in the last totals of those that had all.
};

inline constexpr std::uint8_t kTallyCount = 15;

inline constexpr std::array<std::string_view, kTallyCount> kTallyNames{
    "dropped",     "missing",      "retries",     "refused",      "deferred",
    "slow_closed", "slow_dropped", "slow_open",   "slow_missed",  "joined",
    "left_close",  "left_abort",   "left_vanish", "acknowledged", "receipted"};

constexpr std::string_view name(Tally tally) noexcept {
  return kTallyNames[static_cast<std::size_t>(tally)];
}

using Tallies = std::array<std::uint64_t, kTallyCount>;

constexpr std::uint64_t& of(Tallies& tallies, Tally tally) noexcept {
  return tallies[static_cast<std::size_t>(tally)];
}

}  // namespace loadgen
