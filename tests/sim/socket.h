// Socket: one end of a simulated TCP connection: what is on its way to it, and what has arrived.
//
// Only the Network changes it. Packets keep their order whatever happens to them, so bytes arrive
// as they were sent or not at all; the window bounds what is on the way or unread. Threads: one.
// Sockets are numbered and never reused within a run, so an old number never names a stranger.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "base/time.h"
#include "engine/io/address.h"
#include "engine/io/submission.h"

namespace sim {

using SocketNumber = std::uint32_t;

inline constexpr std::uint32_t kNobody = UINT32_MAX;

enum class PacketKind : std::uint8_t { data, end, reset };

struct Packet {
  PacketKind kind;
  base::Instant due;
  std::vector<std::byte> bytes;
};

// Bytes in the order of their arrival.
class ByteQueue {
 public:
  void push(std::span<const std::byte> bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  }
  std::size_t pop(std::span<std::byte> into) noexcept {
    const std::size_t count = std::min(into.size(), size());
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(taken_), count, into.begin());
    taken_ += count;
    if (taken_ == bytes_.size()) clear();
    return count;
  }
  void clear() noexcept {
    bytes_.clear();
    taken_ = 0;
  }
  std::size_t size() const noexcept { return bytes_.size() - taken_; }

 private:
  std::vector<std::byte> bytes_;
  std::size_t taken_ = 0;
};

enum class SocketState : std::uint8_t { connecting, backlog, open, closed };

struct Socket {
  SocketState state = SocketState::connecting;
  bool accepted = false;           // The server's end.
  std::uint32_t opener = kNobody;  // The driver that connected.
  SocketNumber peer = kNobody;
  std::uint32_t driver = kNobody;     // In whose table it is, and
  engine::Descriptor descriptor = 0;  // where there.

  std::deque<Packet> in_transit;  // Towards this socket, oldest first.
  std::size_t in_transit_bytes = 0;
  base::Instant last_due{};  // Of the youngest packet: none overtakes it.
  ByteQueue arrived;
  std::size_t window = 0;
  base::Duration latency{};
  std::uint32_t syn_tries = 0;

  std::int32_t error = 0;  // What broke it, until somebody was told.
  bool broken = false;     // A reset arrived.
  bool end_arrived = false;
  bool reset_sent = false;  // The peer was told that its bytes came to nothing.
  bool cut = false;      // Its side was ended by something between: nothing it sends goes through.
  bool blocked = false;  // Waits for room in the peer's window.
  bool faulted = false;  // A fault ended the connection, not its two ends.

  engine::Address local;   // Of who connects only.
  engine::Address remote;  // What it connects to, or who connected.

  bool readable() const noexcept { return arrived.size() > 0 || end_arrived || broken; }
};

}  // namespace sim
