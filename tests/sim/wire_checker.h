// WireChecker: reads along on every simulated connection and holds each byte to RFC 6455.
//
// Its parser is its own, written from the RFC and sharing nothing with protocol/, so that a mistake
// made there is not made here too. It judges form only: heads, frame headers, the order of
// fragments and control frames, UTF-8 excepted. Threads: one. Bound: one unfinished frame header
// per stream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>

#include "tests/sim/network.h"
#include "tests/sim/verdict.h"

namespace sim {

// One direction of one connection.
class StreamChecker {
 public:
  explicit StreamChecker(bool from_client) : from_client_(from_client) {}

  // What is wrong with the bytes, or nullptr.
  const char* feed(std::span<const std::byte> bytes);
  std::uint64_t frames() const noexcept { return frames_; }

 private:
  enum class Phase : std::uint8_t { head, body, header, payload, closed };

  const char* take(std::uint8_t byte);
  const char* end_head();
  const char* judge_header();
  const char* judge_first_octets(bool fin, std::uint8_t opcode);
  void end_frame();

  bool from_client_;
  Phase phase_ = Phase::head;
  std::string head_;  // The HTTP head, or the frame header so far.
  std::uint64_t payload_left_ = 0;
  bool in_message_ = false;
  bool closing_ = false;  // The frame at hand is a close frame.
  std::uint64_t frames_ = 0;
};

class WireChecker final : public Tap {
 public:
  WireChecker(Network& network, Verdict& verdict) : network_(network), verdict_(verdict) {
    network.set_tap(this);
  }
  ~WireChecker() override { network_.set_tap(nullptr); }

  // What this driver's clients send is not judged; what they are sent is.
  void spare_client(std::uint32_t driver) { spared_.insert(driver); }
  std::uint64_t frames() const noexcept;

 private:
  void on_bytes(SocketNumber from, std::span<const std::byte> bytes) override;

  Network& network_;
  Verdict& verdict_;
  std::map<SocketNumber, StreamChecker> streams_;
  std::set<std::uint32_t> spared_;
};

}  // namespace sim
