#include "engine/room/batch.h"

#include <algorithm>

#include "base/check.h"
#include "base/limits.h"
#include "protocol/frame_encoder.h"

namespace engine {

void Batch::append(PayloadPool& pool, protocol::Opcode opcode, std::span<const std::byte> message) {
  const auto size = static_cast<std::uint32_t>(protocol::frame_size(message.size(), false));
  if (stretches_.empty() || stretches_.back().payload->room() < size) {
    const std::uint32_t wanted = stretches_.empty() ? expected_bytes_ : base::kBatchPayloadBytes;
    Payload* payload = pool.allocate(std::max(size, wanted));
    stretches_.push_back({payload, 0, 0});
  }
  Stretch& stretch = stretches_.back();
  protocol::encode_frame({stretch.payload->append(size), size}, opcode, message);
  stretch.size += size;
  last_size_ = size;
  bytes_ += size;
  ++messages_;
}

std::span<std::byte> Batch::last_message(std::size_t bytes) noexcept {
  const Stretch& stretch = stretches_.back();
  std::byte* const end = stretch.payload->bytes() + stretch.offset + stretch.size;
  return {end - bytes, bytes};
}

void Batch::exclude_last(SessionId session) {
  CHECK(!stretches_.empty());
  const Stretch& stretch = stretches_.back();
  exclusions_.push_back(
      {session, stretches_.size() - 1, stretch.offset + stretch.size - last_size_, last_size_});
}

void Batch::clear(PayloadPool& pool) noexcept {
  for (const Stretch& stretch : stretches_) pool.release(stretch.payload);
  stretches_.clear();
  exclusions_.clear();
  // Two payloads' worth in one: each member then has one piece to send instead of two.
  expected_bytes_ =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(bytes_, 2 * base::kBatchPayloadBytes));
  messages_ = 0;
  bytes_ = 0;
}

}  // namespace engine
