// NativeOptions: what the native scenario is told beyond connections, rooms and rates.
//
// Plain values, filled and checked where the command line is read. Read by all shards.
#pragma once

#include <cstdint>
#include <string>

namespace loadgen {

struct NativeOptions {
  std::string secret;             // That tokens are signed with.
  std::int64_t expires_at = 0;    // Of all tokens, in seconds since 1970.
  std::uint32_t tenants = 1;      // Each is a group of clients, with as many rooms as any other.
  bool near = true;               // Asks to be served where the home room of a client is at home.
  double acknowledged_share = 0;  // Of messages: those whose publisher asks what became of them.
  double receipts_share = 0;      // And those that each member tells to have got, or read.
};

}  // namespace loadgen
