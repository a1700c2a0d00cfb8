// Batch: what a room received within a turn, encoded once, as each of its subscribers will send it.
//
// Messages are appended as whole frames to as few payloads as they fit in, so that a subscriber
// sends all of them with one operation and no copy. Where a publisher wants no echo, the batch
// remembers which bytes are its own. Threads: the shard's own. Bound: the caller's backlog limit.
// Invariant: once fan-out began, nothing is appended.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/connection/payload_pool.h"
#include "engine/session/session.h"
#include "protocol/opcode.h"

namespace engine {

class Batch {
 public:
  // A stretch of frames within one payload.
  struct Stretch {
    Payload* payload;
    std::uint32_t offset;
    std::uint32_t size;
  };

  bool empty() const noexcept { return messages_ == 0; }
  std::uint32_t messages() const noexcept { return messages_; }
  std::uint64_t bytes() const noexcept { return bytes_; }
  std::span<const Stretch> stretches() const noexcept { return stretches_; }
  // How many bytes it is likely to take: so large a payload its first message gets.
  void expect(std::uint32_t bytes) noexcept { expected_bytes_ = bytes; }
  std::uint32_t expected_bytes() const noexcept { return expected_bytes_; }
  // Somebody must not get all of it.
  bool has_exclusions() const noexcept { return !exclusions_.empty(); }

  void append(PayloadPool& pool, protocol::Opcode opcode, std::span<const std::byte> message);
  // The frame of the message just appended.
  Stretch last_frame() const noexcept {
    const Stretch& stretch = stretches_.back();
    return {stretch.payload, stretch.offset + stretch.size - last_size_, last_size_};
  }
  // The message just appended, which has so many bytes.
  std::span<std::byte> last_message(std::size_t bytes) noexcept;
  // The message just appended is not for this session.
  void exclude_last(SessionId session);

  // Calls `sink(payload, offset, size)` for what `session` is to get: everything, less its own.
  // Returns how many messages that were.
  template <typename Sink>
  std::uint32_t for_session(SessionId session, Sink&& sink) const;

  // Forgets everything and keeps the vectors' memory; as much is expected again.
  void clear(PayloadPool& pool) noexcept;

 private:
  struct Exclusion {
    SessionId session;
    std::size_t stretch;
    std::uint32_t offset;
    std::uint32_t size;
  };

  std::vector<Stretch> stretches_;
  std::vector<Exclusion> exclusions_;
  std::uint32_t messages_ = 0;
  std::uint32_t last_size_ = 0;
  std::uint32_t expected_bytes_ = 0;
  std::uint64_t bytes_ = 0;
};

template <typename Sink>
std::uint32_t Batch::for_session(SessionId session, Sink&& sink) const {
  std::uint32_t left_out = 0;
  std::size_t next = 0;
  for (std::size_t i = 0; i < stretches_.size(); ++i) {
    const Stretch& stretch = stretches_[i];
    std::uint32_t from = stretch.offset;
    for (; next < exclusions_.size() && exclusions_[next].stretch <= i; ++next) {
      const Exclusion& exclusion = exclusions_[next];
      if (exclusion.session != session) continue;
      if (exclusion.offset > from) sink(stretch.payload, from, exclusion.offset - from);
      from = exclusion.offset + exclusion.size;
      ++left_out;
    }
    const std::uint32_t end = stretch.offset + stretch.size;
    if (end > from) sink(stretch.payload, from, end - from);
  }
  return messages_ - left_out;
}

}  // namespace engine
